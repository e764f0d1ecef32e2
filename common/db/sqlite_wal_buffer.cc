#include "common/db/sqlite_wal_buffer.h"

#include <sqlite3.h>

#include <cstddef>
#include <cstring>
#include <utility>

namespace twotier::db {
namespace {

constexpr char kName[] = "twotier-wal-buffer";

// SQLite's own file system writes less than 128 KiB at a time and takes no more.
constexpr int kBufferBytes = 124 * 1024;

// The log of one connection, in memory that SQLite allocates; the file it stands for follows it.
struct WalFile {
  sqlite3_file base;
  unsigned char* buffer;
  int capacity;          // 0: nothing is gathered.
  int size;              // Bytes in the buffer ...
  sqlite3_int64 offset;  // ... and where in the file they belong.
  bool sync_later;       // See SyncCommitsLater.
  bool header_written;   // Since the last sync.
};

// Behind the wrapper, aligned for whatever the other file system keeps there.
constexpr size_t kWrapperBytes =
    (sizeof(WalFile) + alignof(std::max_align_t) - 1) & ~(alignof(std::max_align_t) - 1);

sqlite3_vfs* Original() {
  static sqlite3_vfs* const original = sqlite3_vfs_find(nullptr);
  return original;
}

WalFile& Wal(sqlite3_file* file) { return *reinterpret_cast<WalFile*>(file); }

sqlite3_file* Inner(sqlite3_file* file) {
  return reinterpret_cast<sqlite3_file*>(reinterpret_cast<char*>(file) + kWrapperBytes);
}

// After an error the bytes are forgotten: SQLite fails the commit and writes the same place again.
int Flush(sqlite3_file* file) {
  WalFile& wal = Wal(file);
  if (wal.size == 0) return SQLITE_OK;
  const int size = std::exchange(wal.size, 0);
  return Inner(file)->pMethods->xWrite(Inner(file), wal.buffer, size, wal.offset);
}

int Close(sqlite3_file* file) {
  const int flushed = Flush(file);
  const int closed = Inner(file)->pMethods->xClose(Inner(file));
  sqlite3_free(Wal(file).buffer);
  return flushed == SQLITE_OK ? closed : flushed;
}

int Write(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 offset) {
  WalFile& wal = Wal(file);
  if (offset == 0) wal.header_written = true;
  if (offset != wal.offset + wal.size || size > wal.capacity - wal.size) {
    if (const int code = Flush(file); code != SQLITE_OK) return code;
    wal.offset = offset;
  }
  if (size > wal.capacity) {
    return Inner(file)->pMethods->xWrite(Inner(file), bytes, size, offset);
  }
  std::memcpy(wal.buffer + wal.size, bytes, size);
  wal.size += size;
  return SQLITE_OK;
}

int Read(sqlite3_file* file, void* bytes, int size, sqlite3_int64 offset) {
  if (const int code = Flush(file); code != SQLITE_OK) return code;
  return Inner(file)->pMethods->xRead(Inner(file), bytes, size, offset);
}

int Truncate(sqlite3_file* file, sqlite3_int64 size) {
  if (const int code = Flush(file); code != SQLITE_OK) return code;
  return Inner(file)->pMethods->xTruncate(Inner(file), size);
}

int Sync(sqlite3_file* file, int flags) {
  if (const int code = Flush(file); code != SQLITE_OK) return code;
  WalFile& wal = Wal(file);
  if (wal.sync_later && !wal.header_written) return SQLITE_OK;
  const int code = Inner(file)->pMethods->xSync(Inner(file), flags);
  if (code == SQLITE_OK) wal.header_written = false;
  return code;
}

int FileSize(sqlite3_file* file, sqlite3_int64* size) {
  if (const int code = Flush(file); code != SQLITE_OK) return code;
  return Inner(file)->pMethods->xFileSize(Inner(file), size);
}

int Lock(sqlite3_file* file, int level) { return Inner(file)->pMethods->xLock(Inner(file), level); }

int Unlock(sqlite3_file* file, int level) {
  return Inner(file)->pMethods->xUnlock(Inner(file), level);
}

int CheckReservedLock(sqlite3_file* file, int* reserved) {
  return Inner(file)->pMethods->xCheckReservedLock(Inner(file), reserved);
}

int FileControl(sqlite3_file* file, int operation, void* argument) {
  if (const int code = Flush(file); code != SQLITE_OK) return code;
  return Inner(file)->pMethods->xFileControl(Inner(file), operation, argument);
}

int SectorSize(sqlite3_file* file) { return Inner(file)->pMethods->xSectorSize(Inner(file)); }

int DeviceCharacteristics(sqlite3_file* file) {
  return Inner(file)->pMethods->xDeviceCharacteristics(Inner(file));
}

// Version 1: a log is neither mapped nor shared.
const sqlite3_io_methods kMethods = {.iVersion = 1,
                                     .xClose = Close,
                                     .xRead = Read,
                                     .xWrite = Write,
                                     .xTruncate = Truncate,
                                     .xSync = Sync,
                                     .xFileSize = FileSize,
                                     .xLock = Lock,
                                     .xUnlock = Unlock,
                                     .xCheckReservedLock = CheckReservedLock,
                                     .xFileControl = FileControl,
                                     .xSectorSize = SectorSize,
                                     .xDeviceCharacteristics = DeviceCharacteristics,
                                     .xShmMap = nullptr,
                                     .xShmLock = nullptr,
                                     .xShmBarrier = nullptr,
                                     .xShmUnmap = nullptr,
                                     .xFetch = nullptr,
                                     .xUnfetch = nullptr};

int Open(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* out_flags) {
  if ((flags & SQLITE_OPEN_WAL) == 0) {
    return Original()->xOpen(Original(), name, file, flags, out_flags);
  }
  file->pMethods = nullptr;  // SQLite closes what has methods, also after an error.
  const int code = Original()->xOpen(Original(), name, Inner(file), flags, out_flags);
  if (code != SQLITE_OK) return code;
  Wal(file) = WalFile{};
  file->pMethods = &kMethods;
  // Without safe overwriting SQLite pads a commit beyond what it syncs, so nothing may wait here.
  if ((DeviceCharacteristics(file) & SQLITE_IOCAP_POWERSAFE_OVERWRITE) == 0) return SQLITE_OK;
  Wal(file).buffer = static_cast<unsigned char*>(sqlite3_malloc(kBufferBytes));
  if (Wal(file).buffer != nullptr) Wal(file).capacity = kBufferBytes;
  return SQLITE_OK;
}

}  // namespace

const char* WalBufferFileSystem() {
  static const bool registered = [] {
    if (Original() == nullptr) return false;
    static sqlite3_vfs vfs = *Original();
    vfs.zName = kName;
    vfs.szOsFile = static_cast<int>(kWrapperBytes) + Original()->szOsFile;
    vfs.xOpen = Open;
    return sqlite3_vfs_register(&vfs, /*makeDflt=*/0) == SQLITE_OK;
  }();
  return registered ? kName : nullptr;
}

void SyncCommitsLater(sqlite3* database, bool later) {
  sqlite3_file* file = nullptr;
  sqlite3_file_control(database, "main", SQLITE_FCNTL_JOURNAL_POINTER, &file);
  if (file != nullptr && file->pMethods == &kMethods) Wal(file).sync_later = later;
}

}  // namespace twotier::db
