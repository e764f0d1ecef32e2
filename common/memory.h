// The process's allocator: jemalloc, because calls are taken in on gRPC's threads and finished on
// lanes, and the C library's arenas make such threads wait for each other (docs/adr/0005).
#ifndef TWOTIER_COMMON_MEMORY_H_
#define TWOTIER_COMMON_MEMORY_H_

namespace twotier {

// Gives freed memory back to the system at once, after something large was replaced: an import or a
// snapshot takes as much again as what stays, in small pieces that the allocator would keep for a
// while. Any thread.
void ReturnFreedMemory();

}  // namespace twotier

#endif  // TWOTIER_COMMON_MEMORY_H_
