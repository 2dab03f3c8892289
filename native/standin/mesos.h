/*
 * mesos::Executor, mesos::ExecutorDriver and mesos::MesosExecutorDriver as the facts describe them: the order of the
 * virtual functions, the mangled names and the sizes are those of libmesos. Only the driver's own file may see this:
 * its strings may be the old ones.
 */
#pragma once

#include <map>
#include <mutex>
#include <string>

#include "process.h"

namespace mesos {

enum Status {
    DRIVER_NOT_STARTED = 1,
    DRIVER_RUNNING = 2,
    DRIVER_ABORTED = 3,
    DRIVER_STOPPED = 4,
};

class ExecutorDriver {
  public:
    virtual ~ExecutorDriver() = default;
    virtual Status start() = 0;
    virtual Status stop() = 0;
    virtual Status abort() = 0;
    virtual Status join() = 0;
    virtual Status run() = 0;
    virtual Status sendStatusUpdate(const TaskStatus &status) = 0;
    virtual Status sendFrameworkMessage(const std::string &data) = 0;
};

class Executor {
  public:
    virtual ~Executor() = default;
    virtual void registered(ExecutorDriver *driver, const ExecutorInfo &executor, const FrameworkInfo &framework,
                            const SlaveInfo &agent) = 0;
    virtual void reregistered(ExecutorDriver *driver, const SlaveInfo &agent) = 0;
    virtual void disconnected(ExecutorDriver *driver) = 0;
    virtual void launchTask(ExecutorDriver *driver, const TaskInfo &task) = 0;
    virtual void killTask(ExecutorDriver *driver, const TaskID &task) = 0;
    virtual void frameworkMessage(ExecutorDriver *driver, const std::string &data) = 0;
    virtual void shutdown(ExecutorDriver *driver) = 0;
    virtual void error(ExecutorDriver *driver, const std::string &message) = 0;
};

class MesosExecutorDriver : public ExecutorDriver {
  public:
    explicit MesosExecutorDriver(Executor *executor);
#if _GLIBCXX_USE_CXX11_ABI
    /* From 1.7 on. */
    MesosExecutorDriver(Executor *executor, const std::map<std::string, std::string> &environment);
#endif
    ~MesosExecutorDriver() override;
    Status start() override;
    Status stop() override;
    Status abort() override;
    Status join() override;
    Status run() override;
    Status sendStatusUpdate(const TaskStatus &status) override;
    Status sendFrameworkMessage(const std::string &data) override;

    /* Not of libmesos: what standin_launch_many() runs on. */
    standin::Process &process();

  private:
    class ProcessHost;

    void initialize();
    const char *variable(const char *name) const;

    Executor *const executor_;
    ProcessHost *host_ = nullptr;
    standin::Process *process_ = nullptr; /* stays null where the constructor failed */
    std::recursive_mutex mutex_;          /* guards the status; a callback may call the driver */
    Status status_ = DRIVER_NOT_STARTED;
#if _GLIBCXX_USE_CXX11_ABI
    const std::map<std::string, std::string> environment_;
#endif
};

#if _GLIBCXX_USE_CXX11_ABI
static_assert(sizeof(MesosExecutorDriver) == 128, "of 1.7 and later");
#else
static_assert(sizeof(MesosExecutorDriver) == 80, "of 0.24 to 1.6");
#endif

} // namespace mesos
