#include "executor.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <stdexcept>

#include "strings.h"

namespace {

thread_local bool inside = false;

/* One message of libmesos as bytes. */
class Serialised {
  public:
    Serialised(const eb_library &library, const void *message, Symbol size) {
        size_ = library.protobuf2 ? static_cast<size_t>(library.get<int (*)(const void *)>(size)(message))
                                  : library.get<size_t (*)(const void *)>(size)(message);
        bytes_.reset(static_cast<uint8_t *>(malloc(size_ + 1)));
        if (!bytes_)
            throw std::bad_alloc();
        const auto serialise = library.get<bool (*)(const void *, void *, int)>(Symbol::SerializeToArray);
        if (size_ > INT_MAX || !serialise(message, bytes_.get(), static_cast<int>(size_)))
            throw std::length_error("it cannot be serialised");
    }

    eb_bytes bytes() const { return {bytes_.get(), size_}; }

  private:
    struct Free {
        void operator()(uint8_t *bytes) const { free(bytes); }
    };

    std::unique_ptr<uint8_t, Free> bytes_;
    size_t size_;
};

} // namespace

/* An exception that left a callback would end libmesos's actor without a word, so each is told as an error. */
template <typename Call> void BridgeExecutor::deliver(const char *what, Call call) noexcept {
    const std::lock_guard<std::mutex> one_at_a_time(mutex_);
    if (closed_)
        return;
    inside = true;
    try {
        try {
            call();
        } catch (...) {
            char text[100];
            const int length = snprintf(text, sizeof text, "%s could not be delivered: no memory, or no message", what);
            callbacks_.error(context_, {reinterpret_cast<const uint8_t *>(text), static_cast<size_t>(length)});
        }
    } catch (...) {
        /* Callbacks let none out by contract; there is nobody left to tell. */
    }
    inside = false;
}

void BridgeExecutor::registered(mesos::ExecutorDriver *, const mesos::ExecutorInfo &executor,
                                const mesos::FrameworkInfo &framework, const mesos::SlaveInfo &agent) {
    deliver("registered", [&] {
        const Serialised executor_info(library_, &executor, Symbol::ExecutorInfoSize);
        const Serialised framework_info(library_, &framework, Symbol::FrameworkInfoSize);
        const Serialised agent_info(library_, &agent, Symbol::SlaveInfoSize);
        callbacks_.registered(context_, executor_info.bytes(), framework_info.bytes(), agent_info.bytes());
    });
}

void BridgeExecutor::reregistered(mesos::ExecutorDriver *, const mesos::SlaveInfo &agent) {
    deliver("reregistered",
            [&] { callbacks_.reregistered(context_, Serialised(library_, &agent, Symbol::SlaveInfoSize).bytes()); });
}

void BridgeExecutor::disconnected(mesos::ExecutorDriver *) {
    deliver("disconnected", [&] { callbacks_.disconnected(context_); });
}

void BridgeExecutor::launchTask(mesos::ExecutorDriver *, const mesos::TaskInfo &task) {
    deliver("launchTask",
            [&] { callbacks_.launch_task(context_, Serialised(library_, &task, Symbol::TaskInfoSize).bytes()); });
}

void BridgeExecutor::killTask(mesos::ExecutorDriver *, const mesos::TaskID &task) {
    deliver("killTask",
            [&] { callbacks_.kill_task(context_, Serialised(library_, &task, Symbol::TaskIDSize).bytes()); });
}

void BridgeExecutor::frameworkMessage(mesos::ExecutorDriver *, const mesos::String &data) {
    deliver("frameworkMessage",
            [&] { callbacks_.framework_message(context_, string_bytes(library_.string_abi, data)); });
}

void BridgeExecutor::shutdown(mesos::ExecutorDriver *) {
    deliver("shutdown", [&] { callbacks_.shutdown(context_); });
}

void BridgeExecutor::error(mesos::ExecutorDriver *, const mesos::String &message) {
    deliver("error", [&] { callbacks_.error(context_, string_bytes(library_.string_abi, message)); });
}

void BridgeExecutor::close() {
    const std::lock_guard<std::mutex> after_the_last(mutex_);
    closed_ = true;
}

bool BridgeExecutor::in_callback() { return inside; }
