// The independent checker finds nothing wrong with what personnel writes, and names every way in
// which staff and quotas can be damaged. What a plan leaves behind: personnel_succession_test.cc.
#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/service/personnel_fixture.h"
#include "tools/verify/verify_staff.h"

namespace twotier::personnel::testing {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using verify::Finding;

struct Damage {
  const char* rule;
  std::string what;    // Part of the finding.
  std::string damage;  // A statement, and the one that takes it back.
  std::string mend;
};

class PersonnelVerifyTest : public PersonnelTest {
 protected:
  std::vector<Finding> Findings() const {
    const auto report = verify::VerifyStaff(database_.url());
    EXPECT_TRUE(report.ok()) << report.status();
    return report.ok() ? report->findings : std::vector<Finding>();
  }
  static std::string Listed(const std::vector<Finding>& findings) {
    std::string all;
    for (const Finding& finding : findings) {
      absl::StrAppend(&all, finding.rule, ": ", finding.what, "\n");
    }
    return all;
  }

  void ExpectEachIsNamed(const std::vector<Damage>& cases) {
    ASSERT_THAT(Findings(), IsEmpty()) << Listed(Findings());
    for (const Damage& each : cases) {
      database_.Run(each.damage);
      const std::vector<Finding> found = Findings();
      EXPECT_THAT(found, Contains(AllOf(Field(&Finding::rule, each.rule),
                                        Field(&Finding::what, HasSubstr(each.what)))))
          << each.damage << "\n"
          << Listed(found);
      database_.Run(each.mend);
      ASSERT_THAT(Findings(), IsEmpty()) << "not mended: " << each.damage;
    }
  }

  static std::string IdOf(const std::string& name) { return name.substr(name.rfind('/') + 1); }
  // UPDATE `table` SET `set` WHERE `where`.
  static std::string Update(const std::string& table, const std::string& set,
                            const std::string& where) {
    return absl::StrCat("UPDATE ", table, " SET ", set, " WHERE ", where);
  }
};

TWOTIER_PERSONNEL_ON_EVERY_ENGINE(PersonnelVerifyTest);

TEST_P(PersonnelVerifyTest, NamesWhatIsWrongWithPostsAndPeople) {
  const v1::Appointment fifth = MainOf(Person(5));
  const v1::Appointment sixth = MainOf(Person(6));
  const std::string of_sixth = absl::StrCat("appointment_id = '", IdOf(sixth.name()), "'");
  const std::string of_post = absl::StrCat("post_id = '", IdOf(fifth.post()), "'");
  const std::string of_claim = absl::StrCat("person_id = '", IdOf(sixth.person()), "'");
  const std::string of_unit = absl::StrCat("unit = '", kAnHai, "'");
  const auto text = [](const std::string& column, const std::string& value) {
    return absl::StrCat(column, " = '", value, "'");
  };
  ExpectEachIsNamed({
      {"post holder", absl::StrCat(fifth.post(), ": "),
       Update("appointment", text("post", fifth.post()), of_sixth),
       Update("appointment", text("post", sixth.post()), of_sixth)},
      {"post holder", "names nobody, which is not its holder",
       Update("post", text("holder", "nobody"), of_post),
       Update("post", text("holder", IdOf(fifth.name())), of_post)},
      // What has ended holds nothing, whatever its kind, and what runs holds its post.
      {"post holder", absl::StrCat("names ", IdOf(sixth.name()), ", which is not its holder"),
       Update("appointment", "kind = 4, quota_state = 0, end_day = 20700", of_sixth),
       Update("appointment", "kind = 1, quota_state = 3, end_day = 2932896", of_sixth)},
      {"post holder", absl::StrCat("names nobody, and ", IdOf(fifth.name()), " holds it"),
       Update("post", "holder = ''", of_post),
       Update("post", text("holder", IdOf(fifth.name())), of_post)},
      {"main post", absl::StrCat(fifth.person(), ": "),
       Update("appointment", text("person", fifth.person()), of_sixth),
       Update("appointment", text("person", sixth.person()), of_sixth)},
      {"main post", "has none on some day", Update("appointment", "kind = 3", of_sixth),
       Update("appointment", "kind = 1", of_sixth)},
      {"person", "is of nobody", Update("appointment", text("person", "persons/x"), of_sixth),
       Update("appointment", text("person", sixth.person()), of_sixth)},
      {"person", absl::StrCat(IdOf(sixth.name()), " goes on behind retirement or death"),
       Update("person", "state = 3, left_day = 20000", of_claim),
       Update("person", "state = 1, left_day = NULL", of_claim)},
      {"person", absl::StrCat(IdOf(fifth.name()), " goes on behind retirement or death"),
       Update("appointment",
              absl::StrCat(text("person", fifth.person()), ", end_reason = 2, end_day = 20999"),
              of_sixth),
       Update("appointment",
              absl::StrCat(text("person", sixth.person()), ", end_reason = 0, end_day = 2932896"),
              of_sixth)},
      {"person", "has no claim", Update("national_id_claim", text("person_id", "x"), of_claim),
       Update("national_id_claim", text("person_id", IdOf(sixth.person())), "person_id = 'x'")},
      {"person", "8 claims of 7 persons",
       absl::StrCat("INSERT INTO national_id_claim (claim, person_id)"
                    " SELECT claim || claim, 'x' FROM national_id_claim WHERE ",
                    of_claim),
       "DELETE FROM national_id_claim WHERE person_id = 'x'"},
      {"counts", absl::StrCat(kAnHai, " is counted wrongly"),
       Update("unit_count", "filled = filled + 1", of_unit),
       Update("unit_count", "filled = filled - 1", of_unit)},
      {"counts", absl::StrCat(kAnHai, " is not counted on line 1, grade "),
       Update("unit_count", "grade = grade + 1", of_unit),
       Update("unit_count", "grade = grade - 1", of_unit)},
      {"counts", absl::StrCat(kAnHai, " is not counted"),
       Update("unit_count", text("unit", "units/x"), of_unit),
       Update("unit_count", text("unit", kAnHai), "unit = 'units/x'")},
  });
}

// A post may have both days to come, and ends with its body.
TEST_P(PersonnelVerifyTest, CountsPostsThatAreToBeginAndToEnd) {
  v1::CreateBodyRequest new_body;
  new_body.set_parent("provinces/48");
  new_body.set_unit(kHoaVang);
  new_body.set_kind(v1::BODY_KIND_ECONOMIC_OFFICE);
  new_body.set_display_name("Phòng Kinh tế");
  Set(new_body.mutable_first_date(), kToday);
  new_body.mutable_act()->set_number("20/NQ-HĐND");
  new_body.set_request_id(RequestId());
  const auto body = server_.Call(&Stub::CreateBody, new_body);
  ASSERT_TRUE(body.ok()) << body.status();
  const auto new_post = [&](absl::CivilDay first) {
    v1::CreatePostRequest request;
    request.set_parent(body->body().name());
    request.set_kind(v1::POST_KIND_OFFICIAL);
    request.set_title("Chuyên viên");
    Set(request.mutable_first_date(), first);
    request.mutable_act()->set_number("20/NQ-HĐND");
    request.set_request_id(RequestId());
    return server_.Call(&Stub::CreatePost, request);
  };
  const auto short_lived = new_post(kToday + 4);
  ASSERT_TRUE(short_lived.ok()) << short_lived.status();
  ASSERT_TRUE(EndPost(short_lived->post().name(), kToday + 8).ok());
  v1::EndBodyRequest end;
  end.set_name(body->body().name());
  end.set_etag(body->body().etag());
  Set(end.mutable_end_date(), kToday + 12);
  end.mutable_act()->set_number("21/NQ-HĐND");
  end.set_request_id(RequestId());
  ASSERT_TRUE(server_.Call(&Stub::EndBody, end).ok());
  ASSERT_TRUE(new_post(kToday).ok());
  ASSERT_TRUE(new_post(kToday + 2).ok());
  for (const int days : {0, 2, 4, 8, 12}) {
    server_.GoTo(kToday + days);
    EXPECT_THAT(Findings(), IsEmpty()) << days << "\n" << Listed(Findings());
  }
  const auto posts =
      database_.Run(absl::StrCat("SELECT posts FROM unit_count WHERE unit = '", kHoaVang, "'"));
  EXPECT_EQ(posts, std::vector<std::string>{"0"});
}

TEST_P(PersonnelVerifyTest, NamesWhatIsWrongWithPlaces) {
  Register(90);
  const auto later =
      server_.Call(&Stub::AppointCivilServant,
                   Appointment(Person(90), PostOf(kHaiChau, v1::POST_KIND_OFFICIAL, 3),
                               hai_chau_chair_, kToday + 5));
  ASSERT_TRUE(later.ok()) << later.status();
  const auto of = [](const v1::Appointment& appointment) {
    return absl::StrCat("appointment_id = '", IdOf(appointment.name()), "'");
  };
  const std::string of_later = of(later->effect().appointments(0).appointment());
  const std::string of_sixth = of(MainOf(Person(6)));
  const std::string of_begin = "kind = 1";
  ExpectEachIsNamed({
      {"place", "takes a place that is not its own", Update("appointment", "kind = 4", of_sixth),
       Update("appointment", "kind = 1", of_sixth)},
      {"place", "takes no place", Update("appointment", "quota_state = 0", of_later),
       Update("appointment", "quota_state = 1", of_later)},
      {"place", "never began, and keeps its place",
       Update("appointment", "end_day = first_day", of_later),
       Update("appointment", "end_day = 2932896", of_later)},
      {"place", "waits, and nothing begins it", Update("due_effect", "day = day + 1", of_begin),
       Update("due_effect", "day = day - 1", of_begin)},
      {"place", "is over, and keeps its place", Update("appointment", "end_day = 20700", of_sixth),
       Update("appointment", "end_day = 2932896", of_sixth)},
      {"place", "goes on, and has given its place back",
       Update("appointment", "quota_state = 4", of_sixth),
       Update("appointment", "quota_state = 3", of_sixth)},
  });
}

TEST_P(PersonnelVerifyTest, NamesWhatIsWrongWithQuotas) {
  const std::string of_sixth =
      absl::StrCat("appointment_id = '", IdOf(MainOf(Person(6)).name()), "'");
  const std::string of_unit = absl::StrCat("unit = '", kHaiChau, "'");
  const std::string of_province = absl::StrCat("unit = '", kDaNang, "'");
  const std::string of_account = absl::StrCat("account_id = 'quota/", kHaiChau, "/1/free'");
  Grant(kDaNang, v1::QUOTA_KIND_VICE_CHAIR, 7);
  ASSERT_TRUE(Allow(kAnHai, {{kToday, 1}}).ok());
  const std::string of_an_hai = absl::StrCat("unit = '", kAnHai, "'");
  const auto steps = [](int posts) {
    return absl::StrCat("steps = '", kToday - absl::CivilDay(1970, 1, 1), " ", posts, "'");
  };
  const std::string of_pool = absl::StrCat(of_province, " AND kind = 4");
  ExpectEachIsNamed({
      {"quota", "has 4 used and 0 held; appointments take 3 and 1",
       Update("appointment", "quota_state = 1", of_sixth),
       Update("appointment", "quota_state = 3", of_sixth)},
      {"quota", "does not add up", Update("quota", "granted = granted + 1", of_unit),
       Update("quota", "granted = granted - 1", of_unit)},
      {"quota", "has an allowance of 1, the ledger one of 0",
       Update("quota", "allowance = 1", of_unit), Update("quota", "allowance = 0", of_unit)},
      {"quota", "line 3 has 1 used and no quota", Update("appointment", "quota_kind = 3", of_sixth),
       Update("appointment", "quota_kind = 1", of_sixth)},
      {"quota", "line 3 has 1 held and no quota",
       Update("appointment", "quota_kind = 3, quota_state = 1", of_sixth),
       Update("appointment", "quota_kind = 1, quota_state = 3", of_sixth)},
      {"quota", absl::StrCat(kHaiChau, " line 1 has no account"),
       Update("ledger_account", "account_id = 'x'", of_account),
       Update("ledger_account", absl::StrCat("account_id = 'quota/", kHaiChau, "/1/free'"),
              "account_id = 'x'")},
      // The engine itself holds an account with a limit to it.
      {"quota", "is above its limit",
       Update("ledger_account", "limit_kind = 0, debits_posted = debits_posted + 100", of_account),
       Update("ledger_account", "limit_kind = 1, debits_posted = debits_posted - 100", of_account)},
      {"totals", "is not what its transfers add up to",
       Update("ledger_account", "credits_posted = credits_posted + 1", of_account),
       Update("ledger_account", "credits_posted = credits_posted - 1", of_account)},
      {"vice chairs", "was granted 8, with at most 3 communes",
       Update("quota", "granted = granted + 1", of_pool),
       Update("quota", "granted = granted - 1", of_pool)},
      {"allowance", absl::StrCat(kAnHai, "|1 has 3 free, and 1 overdue"),
       Update("quota", steps(0), of_an_hai), Update("quota", steps(1), of_an_hai)},
      {"distribution", "has distributed 14, communes have 13",
       Update("quota", "distributed = distributed + 1", of_province),
       Update("quota", "distributed = distributed - 1", of_province)},
  });
}

}  // namespace
}  // namespace twotier::personnel::testing
