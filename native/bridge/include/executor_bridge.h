/*
 * executor_bridge.h: mesos::MesosExecutorDriver of any libmesos from 0.22 to 1.11, behind a plain C ABI.
 *
 * The bridge needs no Mesos or protobuf header and links neither: it loads the host's libmesos at run time. Messages
 * cross as serialised protobuf of mesos.proto, and the bridge never looks inside one.
 *
 * Order of calls
 *   eb_library_open, eb_driver_create, eb_driver_start, any number of eb_driver_send_*, eb_driver_stop or
 *   eb_driver_abort, eb_driver_join, eb_driver_destroy. A call out of this order is refused with a result or answered
 *   with the driver's status, and changes nothing.
 * One of each
 *   A process opens one libmesos and creates one driver, ever: no libmesos was seen to survive a second driver, and two
 *   that share a protobuf library end the process. A library is never unloaded.
 * Threads
 *   Every function may be called from any thread, eb_driver_create once and eb_driver_destroy last. Callbacks come one
 *   at a time, from threads of libmesos, and from the thread inside eb_driver_create (error only). Within a callback
 *   eb_driver_join and eb_driver_destroy are refused: they would wait for the callback to return.
 * Ownership
 *   Bytes are borrowed for the call, in both directions. Error texts go into the caller's buffer, end with NUL and are
 *   cut to fit. What eb_library_describe and eb_library_symbol point to lives as long as the process.
 * Exceptions
 *   None leaves the bridge, and callbacks must let none out.
 *
 * This file is the only input of Executor.Interop.Generator: it takes enumerations, structures, functions and the
 * EXECUTOR_BRIDGE_ constants from here.
 */
#ifndef EXECUTOR_BRIDGE_H
#define EXECUTOR_BRIDGE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define EXECUTOR_BRIDGE_API __attribute__((visibility("default")))

/* The version of everything below; goes up with every change. */
#define EXECUTOR_BRIDGE_VERSION 1

typedef enum eb_result {
    EB_RESULT_OK = 0,
    EB_RESULT_NOT_FOUND = 1,       /* no such file, and none of that name on the loader's path */
    EB_RESULT_NOT_A_LIBRARY = 2,   /* not a shared object */
    EB_RESULT_WRONG_MACHINE = 3,   /* a shared object for another processor */
    EB_RESULT_CANNOT_LOAD = 4,     /* the loader refused it, e.g. because a library that it needs is missing */
    EB_RESULT_LACKS_SYMBOL = 5,    /* no libmesos, or none that this bridge knows */
    EB_RESULT_WRONG_CALLBACKS = 6, /* the callback table's size or version is not this header's */
    EB_RESULT_WRONG_ORDER = 7,     /* see "Order of calls", "One of each" and "Threads" */
    EB_RESULT_REFUSED_MESSAGE = 8, /* libmesos cannot parse it: it holds a value that is newer than the library */
    EB_RESULT_NO_MEMORY = 9,
    EB_RESULT_EXCEPTION = 10, /* libmesos threw; where the driver was being created or started it is unusable */
} eb_result;

/* Where the driver stands; the numbers of mesos::Status, the same in every release. */
typedef enum eb_status {
    EB_STATUS_NOT_STARTED = 1,
    EB_STATUS_RUNNING = 2,
    EB_STATUS_ABORTED = 3,
    EB_STATUS_STOPPED = 4,
} eb_status;

/* Which std::string the library was built with. */
typedef enum eb_string_abi {
    EB_STRING_ABI_UNKNOWN = 0,
    EB_STRING_ABI_COPY_ON_WRITE = 1, /* the one of g++ before 5 */
    EB_STRING_ABI_CXX11 = 2,
} eb_string_abi;

/* A loaded libmesos. */
typedef struct eb_library eb_library;

/* A mesos::MesosExecutorDriver with the mesos::Executor that it calls. */
typedef struct eb_driver eb_driver;

typedef struct eb_bytes {
    const uint8_t *data; /* may be null where size is 0 */
    size_t size;
} eb_bytes;

/* What is known of a library, told from its symbols: libmesos exports no version of its own. */
typedef struct eb_description {
    const char *path; /* of the file that the loader took, symbolic links followed */
    eb_string_abi string_abi;
    int32_t oldest_version; /* major * 1000 + minor of the oldest release that looks like this one, e.g. 1002 is 1.2 */
    int32_t newest_version; /* of the newest one; both are 0 where a symbol is missing */
    int32_t symbols;        /* how many the bridge looks for */
    int32_t missing;        /* how many of them were not found */
} eb_description;

/* One symbol that the bridge looks for. */
typedef struct eb_symbol {
    const char *purpose; /* for people, e.g. "MesosExecutorDriver::start()" */
    const char *name;    /* mangled; where one of several would do, the one found, or the first */
    int32_t found;       /* 1 or 0 */
} eb_symbol;

/*
 * What libmesos calls, in the order of mesos::Executor. Every member must be set. `context` is what eb_driver_create
 * was given. A callback must copy what it wants to keep and return soon: acknowledgements, kills and the agent's
 * reconnection wait for it.
 */
typedef struct eb_callbacks {
    uint32_t size;    /* sizeof(eb_callbacks) */
    uint32_t version; /* EXECUTOR_BRIDGE_VERSION */

    /* Serialised ExecutorInfo, FrameworkInfo, SlaveInfo. Comes once, before any launch. */
    void (*registered)(void *context, eb_bytes executor_info, eb_bytes framework_info, eb_bytes agent_info);

    /* Serialised SlaveInfo. The agent has restarted and knows the executor again. */
    void (*reregistered)(void *context, eb_bytes agent_info);

    /* No release from 0.22 to 1.11 calls it. */
    void (*disconnected)(void *context);

    /* Serialised TaskInfo. */
    void (*launch_task)(void *context, eb_bytes task_info);

    /* Serialised TaskID. */
    void (*kill_task)(void *context, eb_bytes task_id);

    /* Any bytes, NULs too. */
    void (*framework_message)(void *context, eb_bytes data);

    /* libmesos kills the process's own group after the shutdown grace period from now. */
    void (*shutdown)(void *context);

    /* UTF-8 text: the driver is aborted, or a callback could not be delivered. */
    void (*error)(void *context, eb_bytes message);
} eb_callbacks;

/* The EXECUTOR_BRIDGE_VERSION that the bridge was built with. */
EXECUTOR_BRIDGE_API uint32_t eb_version(void);

/*
 * Loads a libmesos and looks for its symbols.
 * `path`: of the file; without a slash it is looked up on the loader's path.
 * `library`: set on EB_RESULT_OK, and on EB_RESULT_LACKS_SYMBOL for a description's sake; null on any other result.
 * `error`: names the file, and the symbol where one is missing.
 */
EXECUTOR_BRIDGE_API eb_result eb_library_open(const char *path, eb_library **library, char *error, size_t error_size);

EXECUTOR_BRIDGE_API void eb_library_describe(const eb_library *library, eb_description *description);

/* `index` counts from 0 to eb_description.symbols - 1; others are refused with EB_RESULT_WRONG_ORDER. */
EXECUTOR_BRIDGE_API eb_result eb_library_symbol(const eb_library *library, int32_t index, eb_symbol *symbol);

/*
 * Constructs the driver, which reads MESOS_ and LIBPROCESS_ variables from the C environment; libmesos ends the whole
 * process when LIBPROCESS_IP is unset and the host's name does not resolve, so check first.
 * `callbacks` is copied; `context` must stay valid until eb_driver_destroy has returned, or for ever where it did not
 * return EB_RESULT_OK.
 */
EXECUTOR_BRIDGE_API eb_result eb_driver_create(eb_library *library, const eb_callbacks *callbacks, void *context,
                                               eb_driver **driver, char *error, size_t error_size);

/*
 * Connects and registers. `status` is EB_STATUS_ABORTED where error was called before; libmesos ends the process when
 * MESOS_SLAVE_PID, _SLAVE_ID, _FRAMEWORK_ID, _EXECUTOR_ID or _DIRECTORY is missing or wrong, so check first.
 */
EXECUTOR_BRIDGE_API eb_result eb_driver_start(eb_driver *driver, eb_status *status);

/* Ends the driver; the agent learns nothing of it. What was sent less than a second ago may be lost. */
EXECUTOR_BRIDGE_API eb_result eb_driver_stop(eb_driver *driver, eb_status *status);

/* No callback begins after it. */
EXECUTOR_BRIDGE_API eb_result eb_driver_abort(eb_driver *driver, eb_status *status);

/* Waits until the driver is stopped or aborted. */
EXECUTOR_BRIDGE_API eb_result eb_driver_join(eb_driver *driver, eb_status *status);

/* `task_status`: serialised TaskStatus. Sent only where `status` says running. */
EXECUTOR_BRIDGE_API eb_result eb_driver_send_status(eb_driver *driver, eb_bytes task_status, eb_status *status);

/* `data`: any bytes. Sent only where `status` says running. */
EXECUTOR_BRIDGE_API eb_result eb_driver_send_framework_message(eb_driver *driver, eb_bytes data, eb_status *status);

/*
 * Destroys a driver that was joined after a stop or an abort; no callback comes after it. On EB_RESULT_WRONG_ORDER the
 * driver lives on. A driver that was aborted is stopped first, and one that never ran is left in memory on purpose:
 * libmesos's destructor would wait for ever, or crash. The handle is invalid after EB_RESULT_OK.
 */
EXECUTOR_BRIDGE_API eb_result eb_driver_destroy(eb_driver *driver);

#ifdef __cplusplus
}
#endif

#endif
