// Fewer writes for SQLite's write-ahead log.
//
// SQLite writes each frame of the log with two system calls, a header of 24 bytes and a page, and a
// commit of some hundred pages is some hundred frames. The file system of this file gathers what a
// commit writes one behind the other and hands it on in large pieces. Other files are those of
// SQLite's own file system.
//
// What is gathered is written before anything could tell the difference: before the log is synced,
// read, measured, cut or closed. A commit is synced before it is published to other connections
// (synchronous=FULL, sqlite.cc), so nobody looks for a frame that is not in the file. A crash loses
// what was not synced, as it does without this. See docs/adr/0008.
//
// The sync itself can be left to another thread (SyncCommitsLater); see docs/adr/0015.
#ifndef TWOTIER_COMMON_DB_SQLITE_WAL_BUFFER_H_
#define TWOTIER_COMMON_DB_SQLITE_WAL_BUFFER_H_

struct sqlite3;

namespace twotier::db {

// Name of the file system, for sqlite3_open_v2. Registers it at the first call. Null when SQLite
// refuses it (no memory): SQLite then uses its own. Thread-safe.
const char* WalBufferFileSystem();

// While `later` is set, a commit of `database`, which was opened with this file system, hands its
// frames to the operating system and returns: it survives the end of the process, and a power cut
// only when the log's file was synced after it. The header of a log that begins anew is synced all
// the same: old frames behind a new header would be taken for a commit. The thread that uses
// `database` only.
void SyncCommitsLater(sqlite3* database, bool later);

}  // namespace twotier::db

#endif  // TWOTIER_COMMON_DB_SQLITE_WAL_BUFFER_H_
