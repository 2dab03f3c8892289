/* The driver's life: constructs libmesos's object in a block of its own, and refuses what would crash it. */
#include <atomic>
#include <cstdio>
#include <cstring>

#include "executor.h"
#include "library.h"
#include "strings.h"

namespace {

/* Objects of libmesos are built in place, their size unknown: the largest seen has 136 bytes. */
struct alignas(64) Block {
    unsigned char bytes[4096] = {};
};

enum class Phase {
    Created,
    Starting,
    Ran,      /* start returned; running, or ended by stop, abort or itself */
    Joined,   /* nothing runs any more: may be destroyed */
    NeverRan, /* start failed: its destructor would crash */
};

std::atomic<bool> created_before{false};

} // namespace

struct eb_driver {
    eb_driver(const eb_library &of, const eb_callbacks &callbacks, void *context)
        : library(of), executor(of, callbacks, context) {}

    const eb_library &library;
    BridgeExecutor executor;
    std::atomic<Phase> phase{Phase::Created};
    Block block;
};

namespace {

bool has_started(const eb_driver &driver) {
    const Phase phase = driver.phase;
    return phase == Phase::Starting || phase == Phase::Ran || phase == Phase::Joined;
}

/* Calls a driver's function that takes nothing and returns its status; before a start there is only one answer. */
eb_result call(eb_driver *driver, Symbol symbol, eb_status *status) try {
    *status = EB_STATUS_NOT_STARTED;
    if (has_started(*driver))
        *status = driver->library.get<eb_status (*)(void *)>(symbol)(&driver->block);
    return EB_RESULT_OK;
} catch (...) {
    return EB_RESULT_EXCEPTION;
}

/* libmesos's TaskStatus for the length of a call. */
class TaskStatus {
  public:
    explicit TaskStatus(const eb_library &library) : library_(library) {
        library_.get<void (*)(void *)>(Symbol::TaskStatusConstruct)(&block_);
    }
    ~TaskStatus() { library_.get<void (*)(void *)>(Symbol::TaskStatusDestruct)(&block_); }
    TaskStatus(const TaskStatus &) = delete;
    TaskStatus &operator=(const TaskStatus &) = delete;

    bool parse(eb_bytes bytes) {
        const auto parse = library_.get<bool (*)(void *, const void *, int)>(Symbol::ParseFromArray);
        return bytes.size <= INT_MAX && parse(&block_, bytes.data, static_cast<int>(bytes.size));
    }

    const void *get() const { return &block_; }

  private:
    const eb_library &library_;
    Block block_;
};

} // namespace

eb_result eb_driver_create(eb_library *library, const eb_callbacks *callbacks, void *context, eb_driver **driver,
                           char *error, size_t error_size) {
    *driver = nullptr;
    if (callbacks->size != sizeof *callbacks || callbacks->version != EXECUTOR_BRIDGE_VERSION) {
        snprintf(error, error_size, "the callback table has version %u and %u bytes, the bridge's has %d and %zu",
                 callbacks->version, callbacks->size, EXECUTOR_BRIDGE_VERSION, sizeof *callbacks);
        return EB_RESULT_WRONG_CALLBACKS;
    }
    if (library->missing > 0) {
        snprintf(error, error_size, "%s: %d symbols are missing", library->path, library->missing);
        return EB_RESULT_LACKS_SYMBOL;
    }
    if (created_before.exchange(true)) {
        snprintf(error, error_size, "%s: this process has had a driver already", library->path);
        return EB_RESULT_WRONG_ORDER;
    }
    auto *created = new (std::nothrow) eb_driver(*library, *callbacks, context);
    if (!created) {
        snprintf(error, error_size, "%s: no memory for a driver", library->path);
        return EB_RESULT_NO_MEMORY;
    }
    try {
        mesos::Executor *executor = &created->executor;
        library->get<void (*)(void *, mesos::Executor *)>(Symbol::Construct)(&created->block, executor);
    } catch (...) {
        snprintf(error, error_size, "%s: the driver's constructor threw an exception", library->path);
        return EB_RESULT_EXCEPTION; /* left in memory: libmesos may have kept pointers to it */
    }
    *driver = created;
    return EB_RESULT_OK;
}

eb_result eb_driver_start(eb_driver *driver, eb_status *status) {
    *status = EB_STATUS_NOT_STARTED;
    Phase expected = Phase::Created;
    if (!driver->phase.compare_exchange_strong(expected, Phase::Starting))
        return EB_RESULT_WRONG_ORDER;
    const eb_result result = call(driver, Symbol::Start, status);
    driver->phase = result == EB_RESULT_OK && *status == EB_STATUS_RUNNING ? Phase::Ran : Phase::NeverRan;
    return result;
}

eb_result eb_driver_stop(eb_driver *driver, eb_status *status) { return call(driver, Symbol::Stop, status); }

eb_result eb_driver_abort(eb_driver *driver, eb_status *status) { return call(driver, Symbol::Abort, status); }

eb_result eb_driver_join(eb_driver *driver, eb_status *status) {
    if (BridgeExecutor::in_callback()) {
        *status = EB_STATUS_RUNNING;
        return EB_RESULT_WRONG_ORDER;
    }
    const eb_result result = call(driver, Symbol::Join, status);
    Phase expected = Phase::Ran;
    if (result == EB_RESULT_OK && (*status == EB_STATUS_STOPPED || *status == EB_STATUS_ABORTED))
        driver->phase.compare_exchange_strong(expected, Phase::Joined);
    return result;
}

eb_result eb_driver_send_status(eb_driver *driver, eb_bytes task_status, eb_status *status) try {
    *status = EB_STATUS_NOT_STARTED;
    const eb_library &library = driver->library;
    TaskStatus message(library);
    if (!message.parse(task_status))
        return EB_RESULT_REFUSED_MESSAGE;
    const auto send = library.get<eb_status (*)(void *, const void *)>(Symbol::SendStatusUpdate);
    if (has_started(*driver))
        *status = send(&driver->block, message.get());
    return EB_RESULT_OK;
} catch (...) {
    return EB_RESULT_EXCEPTION;
}

eb_result eb_driver_send_framework_message(eb_driver *driver, eb_bytes data, eb_status *status) try {
    *status = EB_STATUS_NOT_STARTED;
    const eb_library &library = driver->library;
    const StringFor message(library.string_abi, data);
    const auto send = library.get<eb_status (*)(void *, const void *)>(Symbol::SendFrameworkMessage);
    if (has_started(*driver))
        *status = send(&driver->block, message.get());
    return EB_RESULT_OK;
} catch (const std::bad_alloc &) {
    return EB_RESULT_NO_MEMORY;
} catch (...) {
    return EB_RESULT_EXCEPTION;
}

eb_result eb_driver_destroy(eb_driver *driver) try {
    if (BridgeExecutor::in_callback())
        return EB_RESULT_WRONG_ORDER;
    const Phase phase = driver->phase;
    if (phase == Phase::Starting || phase == Phase::Ran)
        return EB_RESULT_WRONG_ORDER;
    driver->executor.close();
    if (phase == Phase::Joined) {
        /* The destructor waits for the actor, which an abort leaves alive. */
        eb_status status;
        const eb_result stopped = call(driver, Symbol::Stop, &status);
        if (stopped != EB_RESULT_OK)
            return stopped;
        driver->library.get<void (*)(void *)>(Symbol::Destruct)(&driver->block);
        delete driver;
    }
    return EB_RESULT_OK;
} catch (...) {
    return EB_RESULT_EXCEPTION;
}
