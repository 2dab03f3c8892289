#include "executor_process.h"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <future>
#include <sys/random.h>
#include <unistd.h>

namespace standin {

namespace {

using namespace mesos::internal;

double now() { return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count(); }

uint64_t monotonic_nanoseconds() {
    timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return static_cast<uint64_t>(time.tv_sec) * 1'000'000'000 + static_cast<uint64_t>(time.tv_nsec);
}

/* 16 bytes, version 4. */
std::string random_uuid() {
    std::string uuid(16, '\0');
    if (getrandom(&uuid[0], uuid.size(), 0) != static_cast<ssize_t>(uuid.size()))
        std::abort();
    uuid[6] = static_cast<char>((uuid[6] & 0x0f) | 0x40);
    uuid[8] = static_cast<char>((uuid[8] & 0x3f) | 0x80);
    return uuid;
}

} // namespace

Process *Process::open(Era era, Host &host) { return new ExecutorProcess(era, host); }

ExecutorProcess::ExecutorProcess(Era era, Host &host)
    : era_(era), host_(host), actor_([this] { ended_.open(); }),
      node_(open_libprocess(
          "executor(1)",
          {[this](wire::Message message) { actor_.post([this, message = std::move(message)] { receive(message); }); },
           [this](const wire::Pid &peer) { actor_.post([this, peer] { exited(peer); }); }})) {
    signal(SIGPIPE, SIG_IGN); /* libprocess does, for the whole program */
}

ExecutorProcess::~ExecutorProcess() { actor_.wait(); }

void ExecutorProcess::start() {
    environment_ = AgentEnvironment(era_, host_);
    framework_id_.set_value(environment_.framework_id);
    executor_id_.set_value(environment_.executor_id);
    agent_id_.set_value(environment_.agent_id);
    agent_ = environment_.agent;
    actor_.start([this] {
        node_.link(agent_);
        RegisterExecutorMessage message;
        *message.mutable_framework_id() = framework_id_;
        *message.mutable_executor_id() = executor_id_;
        send(message);
    });
}

void ExecutorProcess::stop() { actor_.terminate(); }

void ExecutorProcess::abort() {
    aborted_ = true;
    actor_.post([this] { ended_.open(); });
}

void ExecutorProcess::await() { ended_.await(); }

void ExecutorProcess::send_status_update(const mesos::TaskStatus &status) {
    actor_.post([this, status] { update(status); });
}

void ExecutorProcess::send_framework_message(const char *data, size_t size) {
    ExecutorToFrameworkMessage message;
    *message.mutable_slave_id() = agent_id_;
    *message.mutable_framework_id() = framework_id_;
    *message.mutable_executor_id() = executor_id_;
    message.set_data(data, size);
    actor_.post([this, message] { send(message); });
}

void ExecutorProcess::launch_many(int32_t count, const uint8_t *task_info, size_t size, uint64_t *nanoseconds) {
    mesos::TaskInfo task;
    if (!task.ParseFromArray(task_info, static_cast<int>(size)))
        std::abort();
    /* Held by the event alone: where it is lost in a stop, the wait ends, too. */
    auto done = std::make_shared<std::promise<void>>();
    const std::future<void> waiting = done->get_future();
    actor_.post([this, count, task, nanoseconds, done = std::move(done)] {
        for (int32_t i = 0; i < count; i++) {
            const uint64_t before = monotonic_nanoseconds();
            host_.launch_task(task);
            nanoseconds[i] = monotonic_nanoseconds() - before;
        }
        done->set_value();
    });
    waiting.wait();
}

void ExecutorProcess::receive(const wire::Message &message) {
    if (aborted_)
        return;
    (void)(take(message, &ExecutorProcess::registered) || take(message, &ExecutorProcess::reregistered) ||
           take(message, &ExecutorProcess::reconnect) || take(message, &ExecutorProcess::run_task) ||
           take(message, &ExecutorProcess::kill_task) || take(message, &ExecutorProcess::acknowledge) ||
           take(message, &ExecutorProcess::framework_message) || take(message, &ExecutorProcess::shutdown_asked));
}

/* True where it is of that kind, also where it cannot be parsed and is dropped. */
template <typename M>
bool ExecutorProcess::take(const wire::Message &message,
                           void (ExecutorProcess::*handle)(const wire::Pid &, const M &)) {
    if (message.name != M::default_instance().GetTypeName())
        return false;
    M parsed;
    if (parsed.ParseFromString(message.body))
        (this->*handle)(message.from, parsed);
    return true;
}

void ExecutorProcess::registered(const wire::Pid &, const ExecutorRegisteredMessage &message) {
    connected_ = true;
    host_.registered(message.executor_info(), message.framework_info(), message.slave_info());
}

void ExecutorProcess::reregistered(const wire::Pid &, const ExecutorReregisteredMessage &message) {
    connected_ = true;
    host_.reregistered(message.slave_info());
}

void ExecutorProcess::reconnect(const wire::Pid &from, const ReconnectExecutorMessage &) {
    agent_ = from;
    if (era_ == Era::V0_28)
        node_.link(agent_);
    else
        node_.relink(agent_);
    ReregisterExecutorMessage message;
    *message.mutable_executor_id() = executor_id_;
    *message.mutable_framework_id() = framework_id_;
    for (const auto &task : unacknowledged_tasks_.values())
        *message.add_tasks() = task;
    for (const auto &update : unacknowledged_updates_.values())
        *message.add_updates() = update;
    send(message);
}

void ExecutorProcess::run_task(const wire::Pid &, const RunTaskMessage &message) {
    if (drops_while_disconnected())
        return;
    const mesos::TaskInfo &task = message.task();
    if (!unacknowledged_tasks_.add(task.task_id().value(), task)) {
        fprintf(stderr, "Check failed: Unexpected duplicate task %s\n", task.task_id().value().c_str());
        std::abort();
    }
    host_.launch_task(task);
}

/* Comes while disconnected, too, so also for a task that was never launched (MESOS-8297). */
void ExecutorProcess::kill_task(const wire::Pid &, const KillTaskMessage &message) {
    host_.kill_task(message.task_id());
}

/* The first acknowledgement of any update of a task forgets the task. */
void ExecutorProcess::acknowledge(const wire::Pid &, const StatusUpdateAcknowledgementMessage &message) {
    if (drops_while_disconnected())
        return;
    const bool known = unacknowledged_updates_.remove(message.uuid());
    if (era_ == Era::V1_11 && !known)
        return;
    unacknowledged_tasks_.remove(message.task_id().value());
    host_.acknowledged(message.task_id());
}

void ExecutorProcess::framework_message(const wire::Pid &, const FrameworkToExecutorMessage &message) {
    if (!drops_while_disconnected())
        host_.framework_message(message.data().data(), message.data().size());
}

void ExecutorProcess::shutdown_asked(const wire::Pid &, const ShutdownExecutorMessage &) { shutdown(); }

/* Executor::disconnected is never called: nothing tells of this but the shutdown. */
void ExecutorProcess::exited(const wire::Pid &peer) {
    if (aborted_ || !peer.same_process(agent_))
        return;
    if (!environment_.checkpoint || !connected_) {
        shutdown();
        return;
    }
    connected_ = false;
    actor_.set_timer(environment_.recovery_timeout, [this] {
        if (!aborted_ && !connected_)
            shutdown();
    });
}

void ExecutorProcess::shutdown() {
    std::thread([grace = environment_.shutdown_grace] {
        std::this_thread::sleep_for(grace);
        killpg(0, SIGKILL);
    }).detach();
    host_.shutdown();
    aborted_ = true;
}

/* Sent whether connected or not, kept until acknowledged, and sent again only in a ReregisterExecutorMessage. */
void ExecutorProcess::update(mesos::TaskStatus status) {
    if (era_ == Era::V0_28 && status.state() == mesos::TASK_STAGING) {
        host_.abort();
        host_.error("Attempted to send TASK_STAGING status update");
        return;
    }
    StatusUpdateMessage message;
    message.set_pid(node_.self().text());
    StatusUpdate &update = *message.mutable_update();
    *update.mutable_framework_id() = framework_id_;
    *update.mutable_executor_id() = executor_id_;
    *update.mutable_slave_id() = agent_id_;
    update.set_timestamp(now());
    update.set_uuid(random_uuid());
    status.set_timestamp(update.timestamp());
    status.set_uuid(update.uuid());
    *status.mutable_slave_id() = agent_id_;
    *update.mutable_status() = std::move(status);
    unacknowledged_updates_.add(update.uuid(), update);
    send(message);
}

void ExecutorProcess::send(const google::protobuf::Message &message) {
    node_.send(agent_, message.GetTypeName(), message.SerializeAsString());
}

} // namespace standin
