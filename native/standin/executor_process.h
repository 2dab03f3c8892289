/* What the driver does on the wire: the actor executor(1) of src/exec/exec.cpp, as the facts describe it. */
#pragma once

#include <atomic>
#include <string>

#include "actor.h"
#include "environment.h"
#include "latch.h"
#include "mesos/messages.pb.h"
#include "ordered_map.h"
#include "process.h"

namespace standin {

class ExecutorProcess final : public Process {
  public:
    ExecutorProcess(Era era, Host &host);
    ~ExecutorProcess() override;

    void start() override;
    void stop() override;
    void abort() override;
    void await() override;
    void send_status_update(const mesos::TaskStatus &status) override;
    void send_framework_message(const char *data, size_t size) override;
    void launch_many(int32_t count, const uint8_t *task_info, size_t size, uint64_t *nanoseconds) override;

  private:
    /* From here on everything runs on the actor's thread. */
    void receive(const wire::Message &message);
    template <typename M>
    bool take(const wire::Message &message, void (ExecutorProcess::*handle)(const wire::Pid &from, const M &));

    void registered(const wire::Pid &, const mesos::internal::ExecutorRegisteredMessage &);
    void reregistered(const wire::Pid &, const mesos::internal::ExecutorReregisteredMessage &);
    void reconnect(const wire::Pid &from, const mesos::internal::ReconnectExecutorMessage &);
    void run_task(const wire::Pid &, const mesos::internal::RunTaskMessage &);
    void kill_task(const wire::Pid &, const mesos::internal::KillTaskMessage &);
    void acknowledge(const wire::Pid &, const mesos::internal::StatusUpdateAcknowledgementMessage &);
    void framework_message(const wire::Pid &, const mesos::internal::FrameworkToExecutorMessage &);
    void shutdown_asked(const wire::Pid &, const mesos::internal::ShutdownExecutorMessage &);

    void exited(const wire::Pid &peer);
    void shutdown();
    void update(mesos::TaskStatus status);
    void send(const google::protobuf::Message &message);

    /* 1.4 and later drop what comes between a lost connection and the re-registration, but for kills. */
    bool drops_while_disconnected() const { return era_ == Era::V1_11 && !connected_; }

    const Era era_;
    Host &host_;
    AgentEnvironment environment_;
    mesos::FrameworkID framework_id_;
    mesos::ExecutorID executor_id_;
    mesos::SlaveID agent_id_;
    wire::Pid agent_;
    bool connected_ = false;
    OrderedMap<mesos::TaskInfo> unacknowledged_tasks_;
    OrderedMap<mesos::internal::StatusUpdate> unacknowledged_updates_;
    std::atomic<bool> aborted_{false};
    Latch ended_;
    Actor actor_;
    wire::Node node_;
};

} // namespace standin
