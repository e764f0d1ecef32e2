# The feed from one process to another: hub, stream, follower.
twotier_test(feed_watch_test SRCS feed_watch_test.cc
  DEPS twotier_feed_grpc twotier_rpc twotier_test_database PCH LABELS service TIMEOUT 120)
