#include "tests/load/process.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <fstream>
#include <sstream>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/random/random.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/status_macros.h"
#include "tests/load/calls.h"

namespace twotier::load {
namespace {

// What the child does between fork and exec: only calls that are safe there.
[[noreturn]] void Become(const std::vector<char*>& argv, int log_fd, int failure_fd) {
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  dup2(log_fd, STDOUT_FILENO);
  dup2(log_fd, STDERR_FILENO);
  execvp(argv[0], argv.data());
  const int error = errno;
  // A lost report shows as a server that never serves; there is nobody else to tell.
  [[maybe_unused]] const ssize_t written = write(failure_fd, &error, sizeof error);
  _exit(127);
}

std::string ReadProc(pid_t pid, absl::string_view file) {
  std::ifstream in(absl::StrCat("/proc/", pid, "/", file));
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

// Whether a server may listen on this port of loopback.
absl::StatusOr<bool> IsFree(uint16_t port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return absl::ErrnoToStatus(errno, "socket");
  const auto close_fd = absl::MakeCleanup([fd] { close(fd); });
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  if (bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return true;
  if (errno == EADDRINUSE) return false;
  return absl::ErrnoToStatus(errno, "bind");
}

// Waits for the end of a child, whose wait status it returns.
absl::StatusOr<int> AwaitEnd(pid_t pid) {
  int status = 0;
  while (waitpid(pid, &status, 0) != pid) {
    if (errno != EINTR) return absl::ErrnoToStatus(errno, absl::StrCat("waiting for ", pid));
  }
  return status;
}

}  // namespace

absl::StatusOr<Process> Process::Start(const std::vector<std::string>& argv,
                                       const std::string& log_path) {
  const int log_fd = open(log_path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (log_fd < 0) return absl::ErrnoToStatus(errno, absl::StrCat("cannot write ", log_path));
  const auto close_log = absl::MakeCleanup([log_fd] { close(log_fd); });
  int failure[2];  // Closed by exec, so reading it tells whether exec worked.
  if (pipe2(failure, O_CLOEXEC) != 0) return absl::ErrnoToStatus(errno, "pipe");
  const auto close_read = absl::MakeCleanup([&failure] { close(failure[0]); });

  std::vector<char*> arguments;
  arguments.reserve(argv.size() + 1);
  for (const std::string& argument : argv) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  const pid_t pid = fork();
  if (pid == 0) Become(arguments, log_fd, failure[1]);
  close(failure[1]);
  if (pid < 0) return absl::ErrnoToStatus(errno, "fork");

  int error = 0;
  if (read(failure[0], &error, sizeof error) == sizeof error) {
    RETURN_IF_ERROR(AwaitEnd(pid).status());
    return absl::ErrnoToStatus(error, absl::StrCat("cannot run ", argv[0]));
  }
  return Process(pid);
}

Process& Process::operator=(Process&& other) noexcept {
  std::swap(pid_, other.pid_);
  return *this;
}

void Process::Kill() {
  if (pid_ == 0) return;
  kill(pid_, SIGKILL);
  AwaitEnd(pid_).IgnoreError();  // Without a child there is nothing to kill.
  pid_ = 0;
}

absl::Status Process::Terminate() {
  if (pid_ != 0) kill(pid_, SIGTERM);
  return Wait();
}

absl::Status Process::Wait() {
  if (pid_ == 0) return absl::FailedPreconditionError("the process has ended already");
  ASSIGN_OR_RETURN(const int status, AwaitEnd(std::exchange(pid_, 0)));
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return absl::OkStatus();
  return absl::InternalError(absl::StrCat("the process ended with wait status ", status));
}

absl::StatusOr<absl::Duration> Process::CpuTime() const {
  const std::string stat = ReadProc(pid_, "stat");
  // Fields are counted after the command, which may itself contain spaces: utime and stime are 14
  // and 15.
  const size_t command_end = stat.rfind(')');
  if (command_end == std::string::npos) {
    return absl::NotFoundError(absl::StrCat("process ", pid_, " has ended"));
  }
  const std::vector<std::string> fields = absl::StrSplit(stat.substr(command_end + 2), ' ');
  int64_t user = 0, system = 0;
  if (fields.size() < 13 || !absl::SimpleAtoi(fields[11], &user) ||
      !absl::SimpleAtoi(fields[12], &system)) {
    return absl::InternalError(absl::StrCat("cannot read /proc/", pid_, "/stat"));
  }
  return absl::Seconds(user + system) / sysconf(_SC_CLK_TCK);
}

absl::StatusOr<double> Process::ResidentMb() const {
  for (absl::string_view line : absl::StrSplit(ReadProc(pid_, "status"), '\n')) {
    const std::vector<absl::string_view> words =
        absl::StrSplit(line, absl::ByAnyChar(" \t"), absl::SkipEmpty());
    int64_t kib = 0;
    if (words.size() == 3 && words[0] == "VmRSS:" && absl::SimpleAtoi(words[1], &kib)) {
      return static_cast<double>(kib) / 1024;
    }
  }
  return absl::NotFoundError(absl::StrCat("process ", pid_, " has ended"));
}

absl::StatusOr<std::string> FreeAddress() {
  // Below the kernel's range for outgoing connections, which starts at 32768: one of those would
  // take the port before the server has it.
  constexpr uint16_t kFirstPort = 20'000;
  constexpr uint16_t kEndPort = 32'000;
  constexpr int kTriesMax = 100;
  absl::BitGen random;
  for (int i = 0; i < kTriesMax; ++i) {
    const auto port = absl::Uniform<uint16_t>(random, kFirstPort, kEndPort);
    ASSIGN_OR_RETURN(const bool free, IsFree(port));
    if (free) return absl::StrCat("127.0.0.1:", port);
  }
  return absl::UnavailableError("no port is free");
}

absl::Status WaitServing(const std::string& address, const std::string& service,
                         absl::Duration timeout) {
  grpc::ChannelArguments arguments;
  // The server may not listen yet: try again quickly, not after gRPC's second.
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 10);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 100);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 20);
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  grpc::GenericStub stub(
      grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments));
  grpc::ClientContext context;
  context.set_wait_for_ready(true);
  context.set_deadline(absl::ToChronoTime(absl::Now() + timeout));
  grpc::CompletionQueue queue;
  void* tag;
  bool ok = false;
  const auto done = [&] { return queue.Next(&tag, &ok) && ok; };

  // HealthCheckRequest{service = 1}; HealthCheckResponse{status = 1}, where SERVING is 1.
  const std::string request =
      absl::StrCat("\x0a", std::string(1, static_cast<char>(service.size())), service);
  const std::string kServing = "\x08\x01";
  auto call = stub.PrepareCall(&context, "/grpc.health.v1.Health/Watch", &queue);
  call->StartCall(nullptr);
  bool serving = false;
  if (done()) {
    call->WriteLast(ToBuffer(request), grpc::WriteOptions(), nullptr);
    bool alive = done();
    while (alive && !serving) {
      grpc::ByteBuffer answer;
      call->Read(&answer, nullptr);
      alive = done();
      grpc::Slice slice;
      serving = alive && answer.DumpToSingleSlice(&slice).ok() &&
                std::string(slice.begin(), slice.end()) == kServing;
    }
  }
  context.TryCancel();
  grpc::Status status;
  call->Finish(&status, nullptr);
  queue.Next(&tag, &ok);
  if (serving) return absl::OkStatus();
  return absl::DeadlineExceededError(
      absl::StrCat(address, " does not serve ", service, ": ", status.error_message()));
}

}  // namespace twotier::load
