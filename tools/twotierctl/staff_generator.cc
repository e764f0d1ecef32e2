#include "tools/twotierctl/staff_generator.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tools/twotierctl/format.h"

namespace twotier::ctl {
namespace {

namespace v1 = ::twotier::personnel::v1;

constexpr const char* kFamilies[] = {"Nguyễn", "Trần", "Lê", "Phạm", "Hoàng",
                                     "Huỳnh",  "Phan", "Vũ", "Võ",   "Đặng",
                                     "Bùi",    "Đỗ",   "Hồ", "Ngô",  "Dương"};
constexpr const char* kMiddles[] = {"Văn", "Minh", "Quốc", "Thị", "Ngọc", "Thanh"};
constexpr const char* kGiven[] = {"An",   "Bình", "Cường", "Dung",  "Giang", "Hà",  "Hùng",
                                  "Lan",  "Linh", "Long",  "Mai",   "Nam",   "Nga", "Phúc",
                                  "Quân", "Sơn",  "Thảo",  "Trang", "Tuấn",  "Yến"};

// One post in so many is vacant.
constexpr uint64_t kVacantOneIn = 50;

// SplitMix64: a number that depends on all bits of its seed, on every machine the same.
uint64_t Mix(uint64_t seed) {
  seed += 0x9e3779b97f4a7c15;
  seed = (seed ^ (seed >> 30)) * 0xbf58476d1ce4e5b9;
  seed = (seed ^ (seed >> 27)) * 0x94d049bb133111eb;
  return seed ^ (seed >> 31);
}

template <size_t n>
const char* Of(const char* const (&words)[n], uint64_t random) {
  return words[random % n];
}

class Generator {
 public:
  Generator(const registry::v1::Unit& unit, int number)
      : unit_(unit), number_(static_cast<uint64_t>(number)) {}

  // `posts` posts of a kind in a body.
  void Add(v1::BodyKind body, v1::PostKind kind, int posts, const char* title, v1::Grade grade,
           int allowance = 0) {
    for (int i = 1; i <= posts; ++i) {
      v1::StaffRow& row = rows_.emplace_back();
      row.set_unit(unit_.name());
      row.set_body_kind(body);
      row.set_post_kind(kind);
      row.set_post_number(i);
      row.set_title(title);
      row.set_grade(grade);
      row.set_allowance_coefficient_hundredths(allowance);
      row.set_synthetic(true);
      const uint64_t random = Mix(number_ * 1'000 + rows_.size());
      if (random % kVacantOneIn != 0 || unit_.tier() == registry::v1::TIER_PROVINCE) {
        AddHolder(row, random);
      }
    }
  }
  std::vector<v1::StaffRow> Take() { return std::move(rows_); }

 private:
  void AddHolder(v1::StaffRow& row, uint64_t random) const {
    v1::PersonalData& person = *row.mutable_person();
    const bool female = Mix(random) % 100 < 45;
    person.set_full_name(absl::StrCat(Of(kFamilies, Mix(random + 1)), " ",
                                      Of(kMiddles, Mix(random + 2)), " ",
                                      Of(kGiven, Mix(random + 3))));
    person.set_sex(female ? v1::SEX_FEMALE : v1::SEX_MALE);
    // No province has the code 999: nobody's number is taken.
    const bool province = unit_.tier() == registry::v1::TIER_PROVINCE;
    person.set_national_id(
        absl::StrFormat("999%d%08d", province ? 1 : 0, number_ * 1'000 + rows_.size()));
    *person.mutable_birth_date() = DateOf(absl::CivilDay(
        1967 + static_cast<int>(Mix(random + 4) % 34), 1 + static_cast<int>(Mix(random + 5) % 12),
        1 + static_cast<int>(Mix(random + 6) % 28)));
    v1::Qualifications& learned = *row.mutable_qualifications();
    learned.set_education(v1::EDUCATION_BACHELOR);
    learned.set_grade(row.grade());
    // Chuyên viên: 2.34 to 4.98 in steps of 0.33.
    learned.set_rank_coefficient_hundredths(234 + 33 * static_cast<int>(Mix(random + 7) % 9));
    *learned.mutable_service_first_date() =
        DateOf(absl::CivilDay(2003 + static_cast<int>(Mix(random + 8) % 20), 1, 1));
    row.set_appointment_kind(v1::APPOINTMENT_KIND_PERMANENT);
    *row.mutable_first_date() = DateOf(kReformDay);
  }

  const registry::v1::Unit& unit_;
  const uint64_t number_;
  std::vector<v1::StaffRow> rows_;
};

// Phú Quốc stands with the wards (Decree 150/2025 Art. 15).
bool IsUrban(const registry::v1::Unit& unit) {
  return unit.type() == registry::v1::UNIT_TYPE_WARD || unit.code() == "31078";
}

void AddOffice(Generator& generator, v1::BodyKind body, int officials) {
  generator.Add(body, v1::POST_KIND_HEAD, 1, "Trưởng phòng", v1::GRADE_EXPERT, 25);
  generator.Add(body, v1::POST_KIND_DEPUTY_HEAD, 1, "Phó Trưởng phòng", v1::GRADE_EXPERT, 15);
  generator.Add(body, v1::POST_KIND_OFFICIAL, officials, "Chuyên viên", v1::GRADE_EXPERT);
}

}  // namespace

std::vector<v1::StaffRow> SyntheticStaff(const registry::v1::Unit& unit, int number) {
  Generator generator(unit, number);
  generator.Add(v1::BODY_KIND_COUNCIL, v1::POST_KIND_COUNCIL_CHAIR, 1, "Chủ tịch HĐND",
                v1::GRADE_PRINCIPAL_EXPERT, 70);
  generator.Add(v1::BODY_KIND_COMMITTEE, v1::POST_KIND_COMMITTEE_CHAIR, 1, "Chủ tịch UBND",
                v1::GRADE_PRINCIPAL_EXPERT, 70);
  if (unit.tier() == registry::v1::TIER_PROVINCE) return generator.Take();
  generator.Add(v1::BODY_KIND_COUNCIL, v1::POST_KIND_COUNCIL_VICE_CHAIR, 1, "Phó Chủ tịch HĐND",
                v1::GRADE_EXPERT, 60);
  generator.Add(v1::BODY_KIND_COUNCIL, v1::POST_KIND_COUNCIL_COMMITTEE_HEAD, 2, "Trưởng ban HĐND",
                v1::GRADE_EXPERT, 40);
  generator.Add(v1::BODY_KIND_COMMITTEE, v1::POST_KIND_COMMITTEE_VICE_CHAIR, kViceChairsOfCommune,
                "Phó Chủ tịch UBND", v1::GRADE_EXPERT, 60);
  AddOffice(generator, v1::BODY_KIND_OFFICE, 7);
  AddOffice(generator,
            IsUrban(unit) ? v1::BODY_KIND_ECONOMY_INFRASTRUCTURE_URBAN_OFFICE
                          : v1::BODY_KIND_ECONOMIC_OFFICE,
            7);
  AddOffice(generator, v1::BODY_KIND_CULTURE_SOCIETY_OFFICE, 5);
  return generator.Take();
}

}  // namespace twotier::ctl
