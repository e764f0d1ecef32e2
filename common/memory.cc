#include "common/memory.h"

#ifdef TWOTIER_JEMALLOC
#include <jemalloc/jemalloc.h>
#else
#include <malloc.h>
#endif

namespace twotier {

void ReturnFreedMemory() {
#ifdef TWOTIER_JEMALLOC
  // Without arenas to purge there is nothing to give back: its result does not matter.
  static_cast<void>(mallctl("arena.4096.purge", nullptr, nullptr, nullptr, 0));  // All arenas.
#else
  malloc_trim(0);
#endif
}

}  // namespace twotier
