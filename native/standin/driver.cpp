/*
 * The driver itself: its status, and the strings that pass between the executor and the process. The only file that is
 * built with the string ABI of the library.
 */
#include "mesos.h"

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <unistd.h>

namespace mesos {

namespace {

#if _GLIBCXX_USE_CXX11_ABI
constexpr standin::Era era = standin::Era::V1_11;
#else
constexpr standin::Era era = standin::Era::V0_28;
#endif

/*
 * 1.7 and later look whether the executor is their own one for Docker, which crashes where it was built without type
 * information.
 */
class DockerExecutor : public Executor {
  public:
    virtual void killTaskByPolicy(ExecutorDriver *driver, const TaskID &task) = 0;
    virtual void acknowledged(const TaskID &task) = 0;
};

DockerExecutor *as_docker(Executor *executor) {
    return era == standin::Era::V1_11 ? dynamic_cast<DockerExecutor *>(executor) : nullptr;
}

bool is_number(const char *text) {
    char *end;
    strtol(text, &end, 10);
    return end != text && *end == '\0';
}

#if _GLIBCXX_USE_CXX11_ABI
std::map<std::string, std::string> environment_of_the_process() {
    std::map<std::string, std::string> environment;
    for (char **entry = environ; *entry; entry++) {
        const std::string text = *entry;
        const size_t equals = text.find('=');
        if (equals != std::string::npos)
            environment[text.substr(0, equals)] = text.substr(equals + 1);
    }
    return environment;
}
#endif

std::atomic<MesosExecutorDriver *> only_driver{nullptr};

} // namespace

class MesosExecutorDriver::ProcessHost final : public standin::Host {
  public:
    explicit ProcessHost(MesosExecutorDriver &driver) : driver_(driver), executor_(driver.executor_) {}
    virtual ~ProcessHost() = default;

    const char *variable(const char *name) const override { return driver_.variable(name); }
    void abort() override { driver_.abort(); }

    void registered(const ExecutorInfo &executor, const FrameworkInfo &framework, const SlaveInfo &agent) override {
        executor_->registered(&driver_, executor, framework, agent);
    }
    void reregistered(const SlaveInfo &agent) override { executor_->reregistered(&driver_, agent); }
    void launch_task(const TaskInfo &task) override { executor_->launchTask(&driver_, task); }
    void kill_task(const TaskID &task) override {
        if (DockerExecutor *docker = as_docker(executor_))
            docker->killTaskByPolicy(&driver_, task);
        else
            executor_->killTask(&driver_, task);
    }
    void acknowledged(const TaskID &task) override {
        if (DockerExecutor *docker = as_docker(executor_))
            docker->acknowledged(task);
    }
    void framework_message(const char *data, size_t size) override {
        executor_->frameworkMessage(&driver_, std::string(data, size));
    }
    void shutdown() override { executor_->shutdown(&driver_); }
    void error(const char *message) override { executor_->error(&driver_, message); }

    /* libmesos's copy outlives the call, and shares the characters of an old string that does not forbid it. */
    std::string last_message;

  private:
    MesosExecutorDriver &driver_;
    Executor *const executor_;
};

#if _GLIBCXX_USE_CXX11_ABI
MesosExecutorDriver::MesosExecutorDriver(Executor *executor)
    : MesosExecutorDriver(executor, environment_of_the_process()) {}

MesosExecutorDriver::MesosExecutorDriver(Executor *executor, const std::map<std::string, std::string> &environment)
    : executor_(executor), environment_(environment) {
    initialize();
}

const char *MesosExecutorDriver::variable(const char *name) const {
    const auto found = environment_.find(name);
    return found == environment_.end() ? nullptr : found->second.c_str();
}
#else
MesosExecutorDriver::MesosExecutorDriver(Executor *executor) : executor_(executor) { initialize(); }

const char *MesosExecutorDriver::variable(const char *name) const { return getenv(name); }
#endif

/* The logging flags first: a wrong one is told from inside the constructor, before libprocess listens. */
void MesosExecutorDriver::initialize() {
    only_driver = this;
    const char *seconds = variable("MESOS_LOGBUFSECS");
    if (seconds && !is_number(seconds)) {
        status_ = DRIVER_ABORTED;
        executor_->error(this, std::string("Failed to load flag 'logbufsecs': not a number: '") + seconds + "'");
        return;
    }
    host_ = new ProcessHost(*this);
    process_ = standin::Process::open(era, *host_);
}

MesosExecutorDriver::~MesosExecutorDriver() {
    if (status_ == DRIVER_NOT_STARTED) {
        fprintf(stderr, "Check failed: destroyed without a start\n");
        std::abort();
    }
    delete &process();
    delete host_;
}

/* libmesos does not check either, and crashes. */
standin::Process &MesosExecutorDriver::process() {
    if (!process_) {
        fprintf(stderr, "Check failed: 'process_' Must be non NULL\n");
        std::abort();
    }
    return *process_;
}

Status MesosExecutorDriver::start() {
    const std::lock_guard<std::recursive_mutex> lock(mutex_);
    if (status_ != DRIVER_NOT_STARTED)
        return status_;
    setvbuf(stdout, nullptr, _IOLBF, 0);
    setvbuf(stderr, nullptr, _IOLBF, 0);
    process().start();
    return status_ = DRIVER_RUNNING;
}

Status MesosExecutorDriver::stop() {
    const std::lock_guard<std::recursive_mutex> lock(mutex_);
    if (status_ != DRIVER_RUNNING && status_ != DRIVER_ABORTED)
        return status_;
    process().stop();
    const Status before = status_;
    status_ = DRIVER_STOPPED;
    return before == DRIVER_ABORTED ? before : status_;
}

Status MesosExecutorDriver::abort() {
    const std::lock_guard<std::recursive_mutex> lock(mutex_);
    if (status_ != DRIVER_RUNNING)
        return status_;
    process().abort();
    return status_ = DRIVER_ABORTED;
}

Status MesosExecutorDriver::join() {
    {
        const std::lock_guard<std::recursive_mutex> lock(mutex_);
        if (status_ != DRIVER_RUNNING)
            return status_;
    }
    process().await();
    const std::lock_guard<std::recursive_mutex> lock(mutex_);
    return status_;
}

Status MesosExecutorDriver::run() {
    const Status status = start();
    return status == DRIVER_RUNNING ? join() : status;
}

Status MesosExecutorDriver::sendStatusUpdate(const TaskStatus &status) {
    const std::lock_guard<std::recursive_mutex> lock(mutex_);
    if (status_ == DRIVER_RUNNING)
        process().send_status_update(status);
    return status_;
}

Status MesosExecutorDriver::sendFrameworkMessage(const std::string &data) {
    const std::lock_guard<std::recursive_mutex> lock(mutex_);
    if (status_ == DRIVER_RUNNING) {
        host_->last_message = data;
        process().send_framework_message(data.data(), data.size());
    }
    return status_;
}

} // namespace mesos

/*
 * For benchmarks and tests, not of libmesos: on the actor's thread, hands the task to the executor `count` times and
 * stores how long each call took. Without a driver it is the process's only one, which must run. Returns when done.
 */
extern "C" void standin_launch_many(void *mesos_executor_driver_or_null, int32_t count, const uint8_t *task_info,
                                    size_t size, uint64_t *nanoseconds) {
    auto *driver = static_cast<mesos::MesosExecutorDriver *>(mesos_executor_driver_or_null);
    if (!driver)
        driver = mesos::only_driver;
    driver->process().launch_many(count, task_info, size, nanoseconds);
}
