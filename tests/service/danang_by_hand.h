// Three communes of Đà Nẵng worked by hand: every line of Art. 11 of Resolution 15/2025/NQ-HĐND
// with the figures of services/budget/data/norms/48/recurrent-2026.inputs.csv, in the order of
// calculation. Each sum is written out: none is taken from the program.
#ifndef TWOTIER_TESTS_SERVICE_DANANG_BY_HAND_H_
#define TWOTIER_TESTS_SERVICE_DANANG_BY_HAND_H_

#include <cstdint>
#include <string>
#include <vector>

namespace twotier::budget::testing {

struct HandLine {
  std::string line;
  int64_t amount_vnd = 0;
};

inline constexpr int64_t kMillion = 1'000'000;
// A coefficient of 1 for a year: the base salary of 2,340,000 đồng, twelve times.
inline constexpr int64_t kYear = 12 * 2'340'000;

// The quotient to the nearest đồng, halves upwards.
constexpr int64_t HalfUp(int64_t dividend, int64_t divisor) {
  return (2 * dividend + divisor) / (2 * divisor);
}

// Xã La Êê (20698): land border, very difficult; 2,371 people on 243.12 km².
inline const std::vector<HandLine> kLandBorder = {
    {"education_pay", 60LL * 81 * 13 * kYear / 100},
    {"education_vacant", HalfUp(7LL * 234 * 1585 * kYear, 100'000)},
    {"education_raise", HalfUp(67LL * 33 * 1585 * kYear, 3 * 100'000)},
    {"administration_pay", 56LL * 69 * 13 * kYear / 100},
    {"administration_vacant", HalfUp(4LL * 234 * 1485 * kYear, 100'000)},
    {"administration_raise", HalfUp(60LL * 33 * 1485 * kYear, 3 * 100'000)},
    {"centre_pay", 12LL * 55 * 13 * kYear / 100},
    {"centre_vacant", HalfUp(1LL * 234 * 1235 * kYear, 100'000)},
    {"centre_raise", HalfUp(13LL * 33 * 1235 * kYear, 3 * 100'000)},
    {"education_contract_month", 2LL * 782'000 * 13},
    {"education_contract_pay", 2LL * (782'000 * 13 * 12 + 50 * kMillion)},
    {"education_sites", 3LL * 100 * kMillion},
    {"education_teaching", HalfUp(17'740'944'000LL + 729'021'384 + 328'015'116, 3)},
    {"education", 17'740'944'000LL + 729'021'384 + 328'015'116 + 343'984'000 + 300'000'000 +
                      6'265'993'500 + 2'000'000'000},
    {"training", 500LL * kMillion},
    {"health", 1'000LL * kMillion},
    {"administration_posts", (24 * 72 + 32 * 62 + 5 * 50 + 1 * 55) * kMillion},
    {"administration_contract_pay", 3LL * (782'000 * 13 * 12 + 50 * kMillion)},
    {"foreign_relations", 300LL * kMillion},
    {"special_tasks",
     HalfUp(14'105'145'600LL + 390'300'768 + 275'212'080 + 4'017'000'000 + 515'976'000, 3)},
    {"administration", 14'105'145'600LL + 390'300'768 + 275'212'080 + 4'017'000'000 + 515'976'000 +
                           6'434'544'816 + 300'000'000},
    {"culture_heads", 2'371LL * 46'000},
    {"broadcasting_heads", 2'371LL * 47'900},
    {"sport_heads", 2'371LL * 22'600},
    {"social_heads", 2'371LL * 17'900},
    {"defence_heads", 2'371LL * 41'200},
    {"security_heads", 2'371LL * 25'200},
    {"uplift", 0},
    {"culture_extra", 0},
    {"social_extra", 2'371LL * 150'000},
    {"defence_extra", 1'000LL * kMillion},
    {"security_extra", 700LL * kMillion},
    {"science", 300LL * kMillion},
    {"subtotal_11", 27'707'958'000LL + 500'000'000 + 1'000'000'000 + 26'038'179'264 + 109'066'000 +
                        113'570'900 + 53'584'600 + 42'440'900 + 97'685'200 + 59'749'200 + 0 +
                        355'650'000 + 1'000'000'000 + 700'000'000 + 300'000'000 + 0},
    {"economic_share", HalfUp(6LL * 58'077'884'064, 100)},
    {"centre_total", 2'409'264'000LL + 81'148'392 + 49'590'684 + 12 * 50 * kMillion},
    {"patrol_roads", 20LL * 30 * kMillion},
    {"density_lump", 3'800LL * kMillion},
    {"named_lumps", 0},
    {"economic", 3'484'673'044LL + 3'140'003'076 + 600'000'000 + 3'800'000'000 + 0},
    {"environment_share", HalfUp(2LL * 58'077'884'064, 100)},
    {"sanitation_lump", 300LL * kMillion},
    {"sanitation_named", 0},
    {"environment", 1'161'557'681LL + 300'000'000 + 0},
    {"subtotal_13", 58'077'884'064LL + 11'024'676'120 + 1'461'557'681},
    {"other", HalfUp(5LL * 70'564'117'865, 1'000)},
    {"reward", HalfUp(70'564'117'865LL, 100)},
    {"before_contingency", 70'564'117'865LL + 352'820'589 + 705'641'179},
    {"contingency", HalfUp(71'622'579'633LL, 49)},
    {"total", 71'622'579'633LL + 1'461'685'299},
    {"balancing_supplement", 73'084'264'932LL - 355'650'000},
};

// Phường Hải Châu (20242): urban; 131,427 people on 7.58 km²; 67 % of shared taxes go to the city.
inline const std::vector<HandLine> kUrban = {
    {"education_pay", 1095LL * 65 * 10 * kYear / 100},
    {"education_vacant", HalfUp(34LL * 234 * 1585 * kYear, 100'000)},
    {"education_raise", HalfUp(1129LL * 33 * 1585 * kYear, 3 * 100'000)},
    {"administration_pay", 72LL * 60 * 10 * kYear / 100},
    {"administration_vacant", HalfUp(4LL * 234 * 1485 * kYear, 100'000)},
    {"administration_raise", HalfUp(76LL * 33 * 1485 * kYear, 3 * 100'000)},
    {"centre_pay", 12LL * 45 * 10 * kYear / 100},
    {"centre_vacant", HalfUp(1LL * 234 * 1235 * kYear, 100'000)},
    {"centre_raise", HalfUp(13LL * 33 * 1235 * kYear, 3 * 100'000)},
    {"education_contract_month", 29LL * 782'000 * 10},
    {"education_contract_pay", 29LL * (782'000 * 10 * 12 + 50 * kMillion)},
    {"education_sites", 37LL * 100 * kMillion},
    {"education_teaching", HalfUp(199'859'400'000LL + 3'540'961'008 + 5'527'299'492, 3)},
    {"education", 199'859'400'000LL + 3'540'961'008 + 5'527'299'492 + 4'171'360'000 +
                      3'700'000'000 + 69'642'553'500 + 500'000'000},
    {"training", 164LL * 2'912'000},
    {"health", 1'000LL * kMillion},
    {"administration_posts", (24 * 72 + 48 * 62 + 5 * 50 + 56 * 55) * kMillion},
    {"administration_contract_pay", 3LL * (782'000 * 10 * 12 + 50 * kMillion)},
    {"foreign_relations", 0},
    {"special_tasks",
     HalfUp(12'130'560'000LL + 390'300'768 + 348'601'968 + 8'034'000'000 + 431'520'000, 3)},
    {"administration", 12'130'560'000LL + 390'300'768 + 348'601'968 + 8'034'000'000 + 431'520'000 +
                           7'111'660'912 + 0},
    {"culture_heads", 131'427LL * 21'500},
    {"broadcasting_heads", 131'427LL * 22'100},
    {"sport_heads", 131'427LL * 15'500},
    {"social_heads", 131'427LL * 9'700},
    {"defence_heads", 131'427LL * 20'600},
    {"security_heads", 131'427LL * 16'400},
    {"uplift", HalfUp(80LL * 131'427 * 105'800, 100)},
    {"culture_extra", 0},
    {"social_extra", 131'427LL * 150'000},
    {"defence_extra", 1'000LL * kMillion},
    {"security_extra", 1'000LL * kMillion},
    {"science", 300LL * kMillion},
    {"subtotal_11", 286'941'574'000LL + 477'568'000 + 1'000'000'000 + 28'446'643'648 +
                        2'825'680'500 + 2'904'536'700 + 2'037'118'500 + 1'274'841'900 +
                        2'707'396'200 + 2'155'402'800 + 0 + 19'714'050'000 + 1'000'000'000 +
                        1'000'000'000 + 300'000'000 + 11'123'981'280},
    {"economic_share", HalfUp(6LL * 363'908'793'528, 100)},
    {"centre_total", 1'516'320'000LL + 81'148'392 + 49'590'684 + 12 * 50 * kMillion},
    {"patrol_roads", 0LL * 30 * kMillion},
    {"density_lump", 26'500LL * kMillion},
    {"named_lumps", 15'000LL * kMillion},
    {"economic", 21'834'527'612LL + 2'247'059'076 + 0 + 26'500'000'000 + 15'000'000'000},
    {"environment_share", HalfUp(2LL * 363'908'793'528, 100)},
    {"sanitation_lump", 16'000LL * kMillion},
    {"sanitation_named", 5'000LL * kMillion},
    {"environment", 7'278'175'871LL + 16'000'000'000 + 5'000'000'000},
    {"subtotal_13", 363'908'793'528LL + 65'581'586'688 + 28'278'175'871},
    {"other", HalfUp(5LL * 457'768'556'087, 1'000)},
    {"reward", HalfUp(457'768'556'087LL, 100)},
    {"before_contingency", 457'768'556'087LL + 2'288'842'780 + 4'577'685'561},
    {"contingency", HalfUp(464'635'084'428LL, 49)},
    {"total", 464'635'084'428LL + 9'482'348'662},
    {"balancing_supplement", 474'117'433'090LL - 78'856'200'000},
};

// Xã Hòa Vang (20320): centre of a former district; 26,712 people on 107.61 km².
inline const std::vector<HandLine> kFormerCentre = {
    {"education_pay", 222LL * 64 * 10 * kYear / 100},
    {"education_vacant", HalfUp(19LL * 234 * 1585 * kYear, 100'000)},
    {"education_raise", HalfUp(241LL * 33 * 1585 * kYear, 3 * 100'000)},
    {"administration_pay", 62LL * 56 * 10 * kYear / 100},
    {"administration_vacant", HalfUp(4LL * 234 * 1485 * kYear, 100'000)},
    {"administration_raise", HalfUp(66LL * 33 * 1485 * kYear, 3 * 100'000)},
    {"centre_pay", 12LL * 47 * 10 * kYear / 100},
    {"centre_vacant", HalfUp(1LL * 234 * 1235 * kYear, 100'000)},
    {"centre_raise", HalfUp(13LL * 33 * 1235 * kYear, 3 * 100'000)},
    {"education_contract_month", 14LL * 782'000 * 10},
    {"education_contract_pay", 14LL * (782'000 * 10 * 12 + 50 * kMillion)},
    {"education_sites", 7LL * 100 * kMillion},
    {"education_teaching", HalfUp(39'896'064'000LL + 1'978'772'328 + 1'179'875'268, 3)},
    {"education", 39'896'064'000LL + 1'978'772'328 + 1'179'875'268 + 2'013'760'000 + 700'000'000 +
                      14'351'570'532 + 500'000'000},
    {"training", 500LL * kMillion},
    {"health", 1'000LL * kMillion},
    {"administration_posts", (24 * 72 + 38 * 62 + 5 * 50 + 11 * 55) * kMillion},
    {"administration_contract_pay", 3LL * (782'000 * 10 * 12 + 50 * kMillion)},
    {"foreign_relations", 0},
    {"special_tasks",
     HalfUp(9'749'376'000LL + 390'300'768 + 302'733'288 + 4'939'000'000 + 431'520'000, 3)},
    {"administration",
     9'749'376'000LL + 390'300'768 + 302'733'288 + 4'939'000'000 + 431'520'000 + 5'270'976'685 + 0},
    {"culture_heads", 26'712LL * 23'700},
    {"broadcasting_heads", 26'712LL * 24'600},
    {"sport_heads", 26'712LL * 11'900},
    {"social_heads", 26'712LL * 10'500},
    {"defence_heads", 26'712LL * 20'600},
    {"security_heads", 26'712LL * 12'600},
    {"uplift", 0},
    {"culture_extra", 0},
    {"social_extra", 26'712LL * 150'000},
    {"defence_extra", 0LL * kMillion},
    {"security_extra", 0LL * kMillion},
    {"science", 300LL * kMillion},
    {"subtotal_11", 60'620'042'128LL + 500'000'000 + 1'000'000'000 + 21'083'906'741 + 633'074'400 +
                        657'115'200 + 317'872'800 + 280'476'000 + 550'267'200 + 336'571'200 + 0 +
                        4'006'800'000 + 0 + 0 + 300'000'000 + 0},
    {"economic_share", HalfUp(6LL * 90'286'125'669, 100)},
    {"centre_total", 1'583'712'000LL + 81'148'392 + 49'590'684 + 12 * 50 * kMillion},
    {"patrol_roads", 0LL * 30 * kMillion},
    {"density_lump", 7'500LL * kMillion},
    {"named_lumps", (5'000 + 2'000) * kMillion},
    {"economic", 5'417'167'540LL + 2'314'451'076 + 0 + 7'500'000'000 + 7'000'000'000},
    {"environment_share", HalfUp(2LL * 90'286'125'669, 100)},
    {"sanitation_lump", 600LL * kMillion},
    {"sanitation_named", 0},
    {"environment", 1'805'722'513LL + 600'000'000 + 0},
    {"subtotal_13", 90'286'125'669LL + 22'231'618'616 + 2'405'722'513},
    {"other", HalfUp(5LL * 114'923'466'798, 1'000)},
    {"reward", HalfUp(114'923'466'798LL, 100)},
    {"before_contingency", 114'923'466'798LL + 574'617'334 + 1'149'234'668},
    {"contingency", HalfUp(116'647'318'800LL, 49)},
    {"total", 116'647'318'800LL + 2'380'557'527},
    {"balancing_supplement", 119'027'876'327LL - 4'006'800'000},
};

}  // namespace twotier::budget::testing

#endif  // TWOTIER_TESTS_SERVICE_DANANG_BY_HAND_H_
