// The life of a dossier as its timeline tells it, apart from the code of the service.
#ifndef TWOTIER_TOOLS_VERIFY_DOSSIER_REPLAY_H_
#define TWOTIER_TOOLS_VERIFY_DOSSIER_REPLAY_H_

#include <string>

#include "tools/verify/dossier_rows.h"
#include "twotier/routing/v1/dossier.pb.h"

namespace twotier::verify {

// What the entries of a dossier give: the row that should stand there. Only what entries decide is
// filled in.
class Replay {
 public:
  explicit Replay(const DossierRow& row) : row_(row) {}

  // Goes one entry on. Empty when that is allowed, else what is not.
  std::string Step(const EventRow& entry);

  const DossierRow& given() const { return given_; }

 private:
  void Times(const std::string& kind, const routing::v1::DossierEventBody& body);
  void Parts(const std::string& kind, const routing::v1::DossierEventBody& body);
  void Forwarded(const routing::v1::DossierEventBody& body);
  std::string Imported(const routing::v1::DossierEventBody& body);
  void ImportedPause(const routing::v1::ClockPause& pause);

  const DossierRow& row_;
  DossierRow given_;
};

// Where `row` differs from what its entries give; empty when it does not.
std::string Difference(const DossierRow& row, const DossierRow& given);

}  // namespace twotier::verify

#endif  // TWOTIER_TOOLS_VERIFY_DOSSIER_REPLAY_H_
