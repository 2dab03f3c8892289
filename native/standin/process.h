/*
 * Between the driver and the process behind it. The driver may be built with the old std::string, everything else has
 * the new one, so only plain types cross here, and neither side may see a class of the other that holds a string.
 */
#pragma once

#include <cstddef>
#include <cstdint>

namespace mesos {
class ExecutorInfo;
class FrameworkInfo;
class SlaveInfo;
class TaskInfo;
class TaskID;
class TaskStatus;
} // namespace mesos

namespace standin {

/* The release that is imitated. */
enum class Era { V0_28, V1_11 };

/* What the process asks of its driver. The calls of mesos::Executor come on the process's own thread. */
class Host {
  public:
    virtual const char *variable(const char *name) const = 0; /* of the environment; null where it is unset */
    virtual void abort() = 0;

    virtual void registered(const mesos::ExecutorInfo &, const mesos::FrameworkInfo &, const mesos::SlaveInfo &) = 0;
    virtual void reregistered(const mesos::SlaveInfo &) = 0;
    virtual void launch_task(const mesos::TaskInfo &) = 0;
    virtual void kill_task(const mesos::TaskID &) = 0;
    virtual void acknowledged(const mesos::TaskID &) = 0;
    virtual void framework_message(const char *data, size_t size) = 0;
    virtual void shutdown() = 0;
    virtual void error(const char *message) = 0;

  protected:
    ~Host() = default;
};

/* The actor executor(1). */
class Process {
  public:
    /* Starts libprocess; ends the program where it cannot. */
    static Process *open(Era era, Host &host);

    /* Ends the actor and waits for its end, so also for a callback that runs. */
    virtual ~Process() = default;

    /* Registers; ends the program where the agent's environment is wrong. */
    virtual void start() = 0;

    /* Ends the actor at once: what is queued to it is lost. */
    virtual void stop() = 0;

    /* No callback begins after it. */
    virtual void abort() = 0;

    /* Returns after a stop or an abort, never after an exception has left a callback. */
    virtual void await() = 0;

    virtual void send_status_update(const mesos::TaskStatus &status) = 0;
    virtual void send_framework_message(const char *data, size_t size) = 0;

    /* See standin_launch_many(). */
    virtual void launch_many(int32_t count, const uint8_t *task_info, size_t size, uint64_t *nanoseconds) = 0;
};

} // namespace standin
