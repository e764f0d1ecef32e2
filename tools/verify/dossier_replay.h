// The life of a dossier as its timeline tells it, apart from the code of the service.
#ifndef TWOTIER_TOOLS_VERIFY_DOSSIER_REPLAY_H_
#define TWOTIER_TOOLS_VERIFY_DOSSIER_REPLAY_H_

#include <cstdint>
#include <string>

#include "tools/verify/dossier_rows.h"
#include "twotier/routing/v1/dossier.pb.h"

namespace twotier::verify {

// What the entries of a dossier give: the row that should stand there. Only what entries decide is
// filled in.
class Replay {
 public:
  // The body that decides stands in no entry but those that move the dossier.
  explicit Replay(const DossierRow& row);

  // Goes one entry on. Empty when that is allowed, else what is not.
  std::string Step(const EventRow& entry);

  const DossierRow& given() const { return given_; }
  // The center that gave it its number; empty before the first entry.
  const std::string& received_at() const { return received_at_; }

 private:
  // What moves a dossier says where it was, and lets its clock alone; what moves its due date says
  // which one it was.
  std::string Continuity(const std::string& kind, const routing::v1::DossierEventBody& body) const;
  // Where the dossier lies elsewhere; empty when it lies there.
  std::string Elsewhere(const routing::v1::Placement& place) const;
  void Times(const std::string& kind, const routing::v1::DossierEventBody& body);
  void Fee(const std::string& kind, const routing::v1::DossierEventBody& body);
  void Parts(const std::string& kind, const routing::v1::DossierEventBody& body);
  void Forwarded(const routing::v1::DossierEventBody& body);
  // The applicant or another agency is to answer.
  bool Awaits() const;
  // The clock does.
  void GoesOn();
  void Paid(int64_t vnd);
  void Rerouted(const routing::v1::Placement& to);
  std::string Imported(const routing::v1::DossierEventBody& body);
  void ImportedPause(const routing::v1::ClockPause& pause);
  // The fees that were due then.
  void ImportedFees(const routing::v1::ImportedRecord& told, routing::v1::FeeDue due_at);

  DossierRow given_;
  std::string received_at_;
};

}  // namespace twotier::verify

#endif  // TWOTIER_TOOLS_VERIFY_DOSSIER_REPLAY_H_
