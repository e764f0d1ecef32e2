// Tells ThreadSanitizer about absl::Mutex and absl::BlockingCounter. Debian's Abseil is built
// without it, so that every lock would look like a race. Linked into programs that are built with
// the thread sanitizer, and into nothing else: its definitions stand before those of
// libabsl_synchronization, which they call.
#include <dlfcn.h>
#include <sanitizer/tsan_interface.h>

#include "absl/synchronization/blocking_counter.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace absl {
ABSL_NAMESPACE_BEGIN
namespace {

// The library's own function of this mangled name, without "_ZN4absl7debian3".
template <typename Function>
Function Next(const char* mangled) {
  auto* const function = dlsym(RTLD_NEXT, mangled);
  if (function == nullptr) __builtin_trap();
  return reinterpret_cast<Function>(function);
}

class Acquiring {
 public:
  explicit Acquiring(void* mutex, unsigned flags = 0) : mutex_(mutex), flags_(flags) {
    __tsan_mutex_pre_lock(mutex_, flags_);
  }
  ~Acquiring() { __tsan_mutex_post_lock(mutex_, flags_, 0); }

 private:
  void* const mutex_;
  const unsigned flags_;
};

class Releasing {
 public:
  explicit Releasing(void* mutex, unsigned flags = 0) : mutex_(mutex), flags_(flags) {
    __tsan_mutex_pre_unlock(mutex_, flags_);
  }
  ~Releasing() { __tsan_mutex_post_unlock(mutex_, flags_); }

 private:
  void* const mutex_;
  const unsigned flags_;
};

// A wait gives the mutex up and takes it again. Waits with a timeout are none of their own: the
// library turns them into waits with a deadline, and those come through here. To tell of both would
// leave the mutex held twice, and what it guards unguarded.
template <typename Wait>
auto Waiting(void* mutex, const Wait& wait) {
  { const Releasing released(mutex); }
  const Acquiring acquired(mutex);
  return wait();
}

constexpr unsigned kRead = __tsan_mutex_read_lock;

template <typename Lock>
bool Trying(void* mutex, unsigned flags, const Lock& lock) {
  flags |= __tsan_mutex_try_lock;
  __tsan_mutex_pre_lock(mutex, flags);
  const bool locked = lock();
  __tsan_mutex_post_lock(mutex, locked ? flags : flags | __tsan_mutex_try_lock_failed, 0);
  return locked;
}

}  // namespace

void Mutex::Lock() {
  static const auto next = Next<void (*)(Mutex*)>("_ZN4absl7debian35Mutex4LockEv");
  const Acquiring acquired(this);
  next(this);
}

bool Mutex::TryLock() {
  static const auto next = Next<bool (*)(Mutex*)>("_ZN4absl7debian35Mutex7TryLockEv");
  return Trying(this, 0, [&] { return next(this); });
}

void Mutex::Unlock() {
  static const auto next = Next<void (*)(Mutex*)>("_ZN4absl7debian35Mutex6UnlockEv");
  const Releasing released(this);
  next(this);
}

void Mutex::ReaderLock() {
  static const auto next = Next<void (*)(Mutex*)>("_ZN4absl7debian35Mutex10ReaderLockEv");
  const Acquiring acquired(this, kRead);
  next(this);
}

bool Mutex::ReaderTryLock() {
  static const auto next = Next<bool (*)(Mutex*)>("_ZN4absl7debian35Mutex13ReaderTryLockEv");
  return Trying(this, kRead, [&] { return next(this); });
}

void Mutex::ReaderUnlock() {
  static const auto next = Next<void (*)(Mutex*)>("_ZN4absl7debian35Mutex12ReaderUnlockEv");
  const Releasing released(this, kRead);
  next(this);
}

void Mutex::LockWhen(const Condition& condition) {
  static const auto next =
      Next<void (*)(Mutex*, const Condition&)>("_ZN4absl7debian35Mutex8LockWhenERKNS0_9ConditionE");
  const Acquiring acquired(this);
  next(this, condition);
}

// LockWhenWithTimeout comes through here too.
bool Mutex::LockWhenWithDeadline(const Condition& condition, Time deadline) {
  static const auto next = Next<bool (*)(Mutex*, const Condition&, Time)>(
      "_ZN4absl7debian35Mutex20LockWhenWithDeadlineERKNS0_9ConditionENS0_4TimeE");
  const Acquiring acquired(this);  // It holds the mutex afterwards, also when the time is over.
  return next(this, condition, deadline);
}

void Mutex::Await(const Condition& condition) {
  static const auto next =
      Next<void (*)(Mutex*, const Condition&)>("_ZN4absl7debian35Mutex5AwaitERKNS0_9ConditionE");
  Waiting(this, [&] { next(this, condition); });
}

bool Mutex::AwaitWithDeadline(const Condition& condition, Time deadline) {
  static const auto next = Next<bool (*)(Mutex*, const Condition&, Time)>(
      "_ZN4absl7debian35Mutex17AwaitWithDeadlineERKNS0_9ConditionENS0_4TimeE");
  return Waiting(this, [&] { return next(this, condition, deadline); });
}

void CondVar::Wait(Mutex* mutex) {
  static const auto next =
      Next<void (*)(CondVar*, Mutex*)>("_ZN4absl7debian37CondVar4WaitEPNS0_5MutexE");
  Waiting(mutex, [&] { next(this, mutex); });
}

bool CondVar::WaitWithDeadline(Mutex* mutex, Time deadline) {
  static const auto next = Next<bool (*)(CondVar*, Mutex*, Time)>(
      "_ZN4absl7debian37CondVar16WaitWithDeadlineEPNS0_5MutexENS0_4TimeE");
  return Waiting(mutex, [&] { return next(this, mutex, deadline); });
}

// All but the last who count down take no lock.
bool BlockingCounter::DecrementCount() {
  static const auto next =
      Next<bool (*)(BlockingCounter*)>("_ZN4absl7debian315BlockingCounter14DecrementCountEv");
  __tsan_release(this);
  return next(this);
}

void BlockingCounter::Wait() {
  static const auto next =
      Next<void (*)(BlockingCounter*)>("_ZN4absl7debian315BlockingCounter4WaitEv");
  next(this);
  __tsan_acquire(this);
}

ABSL_NAMESPACE_END
}  // namespace absl
