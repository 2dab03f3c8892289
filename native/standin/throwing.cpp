/*
 * libmesos-throwing.so: has what the bridge looks for, and throws from all of it that can be called once the driver is
 * there; from start() only where THROW_AT_START is set. No message means anything to it.
 */
#include <cstddef>
#include <cstdlib>
#include <new>
#include <stdexcept>
#include <string>

namespace google::protobuf {

class MessageLite {
  public:
    bool SerializeToArray(void *, int) const;
    bool ParseFromArray(const void *, int);
};

bool MessageLite::SerializeToArray(void *, int) const { return true; }
bool MessageLite::ParseFromArray(const void *, int) { return true; }

} // namespace google::protobuf

namespace mesos {

/* Each is declared and defined apart, so that its functions are symbols. */
#define MESSAGE(NAME)                                                                                                  \
    class NAME : public google::protobuf::MessageLite {                                                                \
      public:                                                                                                          \
        NAME();                                                                                                        \
        ~NAME();                                                                                                       \
        size_t ByteSizeLong() const;                                                                                   \
    };                                                                                                                 \
    NAME::NAME() = default;                                                                                            \
    NAME::~NAME() = default;                                                                                           \
    size_t NAME::ByteSizeLong() const { return 0; }

MESSAGE(ExecutorInfo)
MESSAGE(FrameworkInfo)
MESSAGE(SlaveInfo)
MESSAGE(TaskInfo)
MESSAGE(TaskID)
MESSAGE(TaskStatus)

class Executor;
enum Status { DRIVER_RUNNING = 2 };

class MesosExecutorDriver {
  public:
    explicit MesosExecutorDriver(Executor *);
    virtual ~MesosExecutorDriver();
    virtual Status start();
    virtual Status stop();
    virtual Status abort();
    virtual Status join();
    virtual Status sendStatusUpdate(const TaskStatus &);
    virtual Status sendFrameworkMessage(const std::string &);
};

MesosExecutorDriver::MesosExecutorDriver(Executor *) {}
MesosExecutorDriver::~MesosExecutorDriver() = default;

Status MesosExecutorDriver::start() {
    if (getenv("THROW_AT_START"))
        throw std::runtime_error("start");
    return DRIVER_RUNNING;
}

Status MesosExecutorDriver::stop() { throw std::logic_error("stop"); }
Status MesosExecutorDriver::abort() { throw 1; }
Status MesosExecutorDriver::join() { throw std::string("join"); }
Status MesosExecutorDriver::sendStatusUpdate(const TaskStatus &) { throw std::bad_alloc(); }
Status MesosExecutorDriver::sendFrameworkMessage(const std::string &) { throw std::runtime_error("send"); }

} // namespace mesos
