#include "services/personnel/domain/taken_over.h"

#include <algorithm>

namespace twotier::personnel {

TakenOver TakeOver(Quota& left, Quota& reached, Quota& commune) {
  TakenOver taken;
  taken.granted = std::min(commune.granted, left.granted);
  taken.allowed = commune.granted - taken.granted;
  left.granted -= taken.granted;
  left.allowance -= taken.allowed;
  left.distributed -= commune.granted;
  reached.granted += taken.granted;
  reached.allowance += taken.allowed;
  reached.distributed += commune.granted;
  MoveAllowance(left.steps, reached.steps, taken.allowed);
  commune.counted_in = reached.counted_in;
  commune.planned.clear();
  return taken;
}

}  // namespace twotier::personnel
