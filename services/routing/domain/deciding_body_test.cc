#include "services/routing/domain/deciding_body.h"

#include <gtest/gtest.h>

#include <string>

namespace twotier::routing {
namespace {

DecidingBody Of(Level level, Line line, std::string body_title, std::string name = "Đăng ký") {
  Procedure procedure;
  procedure.level = level;
  procedure.line = line;
  procedure.body_title = std::move(body_title);
  procedure.display_name = std::move(name);
  return DecidingBodyOf(procedure);
}

TEST(DecidingBody, OneKindOfBodyIsKeptHoweverItIsSpelled) {
  const struct {
    Level level;
    Line line;
    const char* published;
    const char* title_prefix;
  } cases[] = {
      {Level::kProvince, Line::kLocal, "Sở Tư pháp", "Sở Tư pháp "},
      {Level::kProvince, Line::kLocal, "Sở Tư Pháp", "Sở Tư pháp "},
      {Level::kProvince, Line::kLocal, "Sở Tài chính TP.Đà Nẵng", "Sở Tài chính "},
      {Level::kProvince, Line::kLocal, "Sở Xây dựng - tỉnh Quảng Ninh", "Sở Xây dựng "},
      {Level::kProvince, Line::kLocal, "Sở Tư pháp Thành phố Hà Nội; Sở Tư pháp", "Sở Tư pháp "},
      {Level::kProvince, Line::kLocal, "Chi cục Kiểm lâm", "Chi cục Kiểm lâm "},
      {Level::kProvince, Line::kLocal, "Văn phòng Đăng ký đất đai", "Văn phòng đăng ký đất đai "},
      {Level::kProvince, Line::kLocal, "Hội đồng nhân dân cấp tỉnh", "Hội đồng nhân dân "},
      {Level::kProvince, Line::kLocal, "Chủ tịch ủy ban nhân dân cấp tỉnh",
       "Chủ tịch Ủy ban nhân dân "},
      {Level::kProvince, Line::kLocal,
       "Chủ tịch Ủy ban nhân dân tỉnh, thành phố trực thuộc trung ương",
       "Chủ tịch Ủy ban nhân dân "},
      {Level::kProvince, Line::kLocal, "Ủy ban Nhân dân tỉnh và thành phố trực thuộc trung ương.",
       "Ủy ban nhân dân "},
      {Level::kCommune, Line::kLocal, "Uỷ ban Nhân dân cấp xã, phường, thị trấn",
       "Ủy ban nhân dân "},
      {Level::kCommune, Line::kLocal, "UBND cấp xã - tỉnh Quảng Trị", "Ủy ban nhân dân "},
      {Level::kCommune, Line::kLocal, "Chủ tịch UBND cấp xã", "Chủ tịch Ủy ban nhân dân "},
      {Level::kCommune, Line::kUnknown, "Chủ tịch Ủy ban nhân dân xã", "Chủ tịch Ủy ban nhân dân "},
      {Level::kCommune, Line::kPolice, "Công an cấp Xã", "Công an "},
      {Level::kProvince, Line::kPolice, "Công an tỉnh", "Công an "},
      {Level::kProvince, Line::kPolice, "Phòng quản lý xuất nhập cảnh",
       "Phòng quản lý xuất nhập cảnh Công an "},
      {Level::kProvince, Line::kPolice,
       "Phòng Cảnh sát phòng cháy, chữa cháy và cứu nạn, cứu hộ TP HCM",
       "Phòng Cảnh sát phòng cháy, chữa cháy và cứu nạn, cứu hộ Công an "},
  };
  for (const auto& c : cases) {
    const DecidingBody body = Of(c.level, c.line, c.published);
    EXPECT_EQ(body.basis, BodyBasis::kPublished) << c.published;
    EXPECT_EQ(body.title_prefix, c.title_prefix) << c.published;
    EXPECT_EQ(body.line, c.line == Line::kUnknown ? Line::kLocal : c.line) << c.published;
    EXPECT_FALSE(body.because.empty());
  }
}

TEST(DecidingBody, WhatDoesNotNameOneBodyLeavesTheBodyOfGeneralCompetence) {
  const struct {
    Level level;
    Line line;
    const char* published;
    BodyBasis basis;
    const char* title_prefix;
  } cases[] = {
      {Level::kProvince, Line::kLocal, "", BodyBasis::kUnstated, "Ủy ban nhân dân "},
      {Level::kCommune, Line::kMilitary, "", BodyBasis::kUnstated, "Ban Chỉ huy Quân sự "},
      {Level::kProvince, Line::kMilitary, "", BodyBasis::kUnstated, "Bộ Chỉ huy Quân sự "},
      {Level::kProvince, Line::kCentralVertical, "", BodyBasis::kUnstated,
       "Cơ quan ngành dọc trung ương tại "},
      {Level::kProvince, Line::kLocal, "Ủy ban nhân dân cấp tỉnh, Sở Tư pháp", BodyBasis::kSeveral,
       "Ủy ban nhân dân "},
      {Level::kProvince, Line::kPolice, "Bộ Công an, Công an cấp Tỉnh", BodyBasis::kSeveral,
       "Công an "},
      {Level::kProvince, Line::kLocal, "Cơ quan chức năng do Ủy ban nhân dân cấp tỉnh chỉ định",
       BodyBasis::kDesignated, "Ủy ban nhân dân "},
      {Level::kProvince, Line::kLocal, "Cơ quan phân cấp, ủy quyền của UBND cấp tỉnh",
       BodyBasis::kDesignated, "Ủy ban nhân dân "},
      {Level::kProvince, Line::kLocal, "Người đứng đầu cơ quan chuyên môn", BodyBasis::kNotOfAUnit,
       "Ủy ban nhân dân "},
  };
  for (const auto& c : cases) {
    const DecidingBody body = Of(c.level, c.line, c.published);
    EXPECT_EQ(body.basis, c.basis) << c.published;
    EXPECT_EQ(body.title_prefix, c.title_prefix) << c.published;
    EXPECT_EQ(body.line, c.line);
    EXPECT_EQ(body.because.empty(), body.basis == BodyBasis::kUnstated);
  }
}

TEST(DecidingBody, ABodyThatContradictsTheRowIsNotNamed) {
  const struct {
    Level level;
    Line line;
    const char* published;
    Line decides;
    const char* title_prefix;
    const char* because;
  } cases[] = {
      {Level::kCommune, Line::kPolice, "Cục cảnh sát quản lý hành chính về trật tự, xã hội",
       Line::kPolice, "Công an ", "published body contradicts the level"},
      {Level::kCommune, Line::kPolice, "Công an huyện", Line::kPolice, "Công an ",
       "published body contradicts the level"},
      {Level::kProvince, Line::kLocal, "Ủy ban nhân dân cấp xã", Line::kLocal, "Ủy ban nhân dân ",
       "published body contradicts the level"},
      {Level::kCommune, Line::kLocal, "Chủ tịch ủy ban nhân dân cấp tỉnh", Line::kLocal,
       "Ủy ban nhân dân ", "published body contradicts the level"},
      {Level::kCommune, Line::kLocal, "Sở Tư pháp", Line::kLocal, "Ủy ban nhân dân ",
       "published body contradicts the level"},
      {Level::kCommune, Line::kPolice, "Ủy ban nhân dân cấp xã", Line::kLocal, "Ủy ban nhân dân ",
       "published body contradicts the line"},
      {Level::kCommune, Line::kMilitary, "Chủ tịch UBND cấp xã", Line::kLocal, "Ủy ban nhân dân ",
       "published body contradicts the line"},
      {Level::kProvince, Line::kLocal, "Công an tỉnh", Line::kLocal, "Ủy ban nhân dân ",
       "published body contradicts the line"},
  };
  for (const auto& c : cases) {
    const DecidingBody body = Of(c.level, c.line, c.published);
    EXPECT_EQ(body.basis, BodyBasis::kContradicted) << c.published;
    EXPECT_EQ(body.line, c.decides) << c.published;
    EXPECT_EQ(body.title_prefix, c.title_prefix) << c.published;
    EXPECT_EQ(body.because, c.because) << c.published;
  }
}

TEST(DecidingBody, ANameThatSaysAnotherLevelContradictsToo) {
  const auto basis = [](Level level, const char* where) {
    return Of(level, Line::kPolice, level == Level::kCommune ? "Công an cấp xã" : "Công an tỉnh",
              std::string("Cấp giấy phép (thực hiện tại ") + where + ")")
        .basis;
  };
  EXPECT_EQ(basis(Level::kProvince, "cấp tỉnh"), BodyBasis::kPublished);
  EXPECT_EQ(basis(Level::kCommune, "cấp Xã"), BodyBasis::kPublished);
  EXPECT_EQ(basis(Level::kProvince, "cấp trung ương"), BodyBasis::kContradicted);
  EXPECT_EQ(basis(Level::kCommune, "cấp huyện"), BodyBasis::kContradicted);
  EXPECT_EQ(basis(Level::kCommune, "cấp tỉnh"), BodyBasis::kContradicted);
  EXPECT_EQ(basis(Level::kProvince, "cấp xã"), BodyBasis::kContradicted);
}

TEST(DecidingBody, AnUnstatedLineFollowsTheBody) {
  const DecidingBody body = Of(Level::kCommune, Line::kUnknown, "Công an cấp xã");
  EXPECT_EQ(body.basis, BodyBasis::kPublished);
  EXPECT_EQ(body.line, Line::kPolice);
}

}  // namespace
}  // namespace twotier::routing
