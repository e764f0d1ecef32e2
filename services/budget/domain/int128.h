// 128 bits for what is calculated between 64-bit amounts.
#ifndef TWOTIER_SERVICES_BUDGET_DOMAIN_INT128_H_
#define TWOTIER_SERVICES_BUDGET_DOMAIN_INT128_H_

namespace twotier::budget {

// Of both compilers, not of the standard.
__extension__ using Int128 = __int128;

}  // namespace twotier::budget

#endif  // TWOTIER_SERVICES_BUDGET_DOMAIN_INT128_H_
