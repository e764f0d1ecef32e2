// What every service's binding (services/<name>/service.h) is made of.
#ifndef TWOTIER_COMMON_RPC_BINDING_H_
#define TWOTIER_COMMON_RPC_BINDING_H_

#include "absl/status/statusor.h"
#include "common/call.h"
#include "common/db/db.h"
#include "common/rpc/dispatcher.h"

namespace twotier::rpc {

// Puts a service's environment in front of its handlers, in the forms of the dispatcher. A base of
// the binding; not for use through it. `env` and `dispatcher` outlive it.
template <typename Env>
class Binding {
 protected:
  Binding(Dispatcher& dispatcher, const Env& env) : dispatcher_(dispatcher), env_(env) {}
  ~Binding() = default;

  // KIND_MEMORY and KIND_WATCH.
  template <typename Response, typename Request>
  auto Memory(Response (*handler)(const Env&, const Call&, const Request&)) const {
    return [&env = env_, handler](const Call& call, const Request& request) {
      return handler(env, call, request);
    };
  }
  // With a read_field: the database is read only for what was known at an instant.
  template <typename Response, typename Request>
  auto Known(Response (*handler)(const Env&, const Call&, const Request&, db::Tx*)) const {
    return [&env = env_, handler](const Call& call, const Request& request, db::Tx* tx) {
      return handler(env, call, request, tx);
    };
  }
  // KIND_READ and KIND_WRITE.
  template <typename Response, typename Request>
  auto InTransaction(Response (*handler)(const Env&, const Call&, const Request&, db::Tx&)) const {
    return [&env = env_, handler](const Call& call, const Request& request, db::Tx& tx) {
      return handler(env, call, request, tx);
    };
  }

  Dispatcher& dispatcher_;
  const Env& env_;
};

}  // namespace twotier::rpc

// One unary RPC of a binding: `form` is one of Binding's, `handlers::name` the handler; a validator
// and a `first` may follow (dispatcher.h).
#define TWOTIER_RPC(name, form, ...)                                                             \
  grpc::ServerUnaryReactor* name(grpc::CallbackServerContext* context,                           \
                                 const v1::name##Request* request, v1::name##Response* response) \
      override {                                                                                 \
    return dispatcher_.Run(#name, context, request, response,                                    \
                           form(handlers::name) __VA_OPT__(, ) __VA_ARGS__);                     \
  }

#endif  // TWOTIER_COMMON_RPC_BINDING_H_
