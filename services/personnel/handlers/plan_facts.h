// What a plan rests on, read in a few flights: thousands of people are not asked for one by one.
#ifndef TWOTIER_SERVICES_PERSONNEL_HANDLERS_PLAN_FACTS_H_
#define TWOTIER_SERVICES_PERSONNEL_HANDLERS_PLAN_FACTS_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "common/db/db.h"
#include "services/personnel/domain/records.h"
#include "services/personnel/store/appointment_store.h"
#include "services/personnel/store/plan_store.h"

namespace twotier::personnel::handlers {

// As the transaction sees it that it was loaded in.
class PlanFacts {
 public:
  using Appointments = std::vector<store::StoredAppointment>;

  // Errors: those of db::Tx.
  static absl::StatusOr<PlanFacts> Load(const store::Plan& plan,
                                        absl::Span<const store::PlanLine> lines, db::Tx& tx);

  // Of a line: who is moved. Null, or empty, where there is none.
  const Person* FindPerson(const store::PlanLine& line) const;
  const Appointments& OfPerson(const store::PlanLine& line) const;
  // The appointment that is left.
  const store::StoredAppointment* FindLeft(const store::PlanLine& line) const;
  // A post that is chosen or left; who has it or will; the signed plan that has taken it.
  const Post* FindPost(absl::string_view name) const;
  const Appointments& OfPost(absl::string_view name) const;
  const std::string* FindPlanOf(absl::string_view post) const;

 private:
  absl::Status LoadSlice(const store::Plan& plan, absl::Span<const store::PlanLine> lines,
                         db::Tx& tx);
  absl::Status LoadLeftPosts(absl::Span<const store::PlanLine> lines, db::Tx& tx);

  std::map<std::string, Person, std::less<>> persons_;
  std::map<std::string, Appointments, std::less<>> of_person_;
  std::map<std::string, Post, std::less<>> posts_;
  std::map<std::string, Appointments, std::less<>> of_post_;
  std::map<std::string, std::string> taken_;
};

}  // namespace twotier::personnel::handlers

#endif  // TWOTIER_SERVICES_PERSONNEL_HANDLERS_PLAN_FACTS_H_
