/* The mesos::Executor that libmesos calls: serialises what it is given and hands it on. */
#pragma once

#include <mutex>

#include "library.h"
#include "mesos.h"

class BridgeExecutor final : public mesos::Executor {
  public:
    BridgeExecutor(const eb_library &library, const eb_callbacks &callbacks, void *context)
        : library_(library), callbacks_(callbacks), context_(context) {}

    void registered(mesos::ExecutorDriver *, const mesos::ExecutorInfo &, const mesos::FrameworkInfo &,
                    const mesos::SlaveInfo &) override;
    void reregistered(mesos::ExecutorDriver *, const mesos::SlaveInfo &) override;
    void disconnected(mesos::ExecutorDriver *) override;
    void launchTask(mesos::ExecutorDriver *, const mesos::TaskInfo &) override;
    void killTask(mesos::ExecutorDriver *, const mesos::TaskID &) override;
    void frameworkMessage(mesos::ExecutorDriver *, const mesos::String &) override;
    void shutdown(mesos::ExecutorDriver *) override;
    void error(mesos::ExecutorDriver *, const mesos::String &) override;

    /* Waits for the callback that runs; none comes after it. */
    void close();

    /* Whether this thread is inside a callback. */
    static bool in_callback();

  private:
    template <typename Call> void deliver(const char *what, Call call) noexcept;

    const eb_library &library_;
    const eb_callbacks callbacks_;
    void *const context_;
    std::mutex mutex_;
    bool closed_ = false;
};
