// A dossier as it is stored beside what its timeline gives.
#ifndef TWOTIER_TOOLS_VERIFY_DOSSIER_DIFFERENCE_H_
#define TWOTIER_TOOLS_VERIFY_DOSSIER_DIFFERENCE_H_

#include <string>

#include "tools/verify/dossier_rows.h"

namespace twotier::verify {

// Where `row` differs from what its entries give; empty when it does not.
std::string Difference(const DossierRow& row, const DossierRow& given);

}  // namespace twotier::verify

#endif  // TWOTIER_TOOLS_VERIFY_DOSSIER_DIFFERENCE_H_
