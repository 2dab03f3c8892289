/* Calls out of order, and calls from where they are not allowed. */
#include "life.h"
#include "scenario.h"

namespace {

/* Stays in memory: libmesos's destructor would crash. */
void destroy_unstarted(Life &life) {
    never_freed(life.driver);
    CHECK(eb_driver_destroy(life.driver) == EB_RESULT_OK);
}

/* Each call changes nothing and answers this. */
void answers(Life &life, eb_status expected) {
    eb_status status;
    CHECK(eb_driver_stop(life.driver, &status) == EB_RESULT_OK && status == expected);
    CHECK(eb_driver_abort(life.driver, &status) == EB_RESULT_OK && status == expected);
    CHECK(life.join() == expected);
    CHECK(life.send_status(Life::task_status("task", 1)) == expected);
    CHECK(life.send_message("message") == expected);
}

void wrong_callbacks(const std::string &library) {
    Life life(library);
    life.open();
    char error[300];
    eb_driver *driver;
    eb_callbacks callbacks = life.callbacks();
    callbacks.size -= 8;
    CHECK(eb_driver_create(life.library, &callbacks, &life, &driver, error, sizeof error) == EB_RESULT_WRONG_CALLBACKS);
    CHECK(!driver && *error);
    callbacks = life.callbacks();
    callbacks.version++;
    CHECK(eb_driver_create(life.library, &callbacks, &life, &driver, error, sizeof error) == EB_RESULT_WRONG_CALLBACKS);
    CHECK(!driver);
    life.begin(); /* a refusal is not the one driver */
    life.end();
}

void second_driver(const std::string &library) {
    Life life(library);
    life.begin();
    char error[300];
    eb_driver *second;
    const eb_callbacks callbacks = life.callbacks();
    CHECK(eb_driver_create(life.library, &callbacks, &life, &second, error, sizeof error) == EB_RESULT_WRONG_ORDER);
    CHECK(!second && *error);
    life.end();
    CHECK(eb_driver_create(life.library, &callbacks, &life, &second, error, sizeof error) == EB_RESULT_WRONG_ORDER);
}

void before_start(const std::string &library) {
    Life life(library);
    life.open();
    life.create();
    answers(life, EB_STATUS_NOT_STARTED);
    CHECK(life.start() == EB_STATUS_RUNNING);
    life.agent->next("RegisterExecutorMessage");
    CHECK(life.agent->heard_nothing_more());
    life.end();
}

void never_started(const std::string &library) {
    Life life(library);
    life.open();
    life.create();
    destroy_unstarted(life);
}

void second_start(const std::string &library) {
    Life life(library);
    life.begin();
    eb_status status;
    CHECK(eb_driver_start(life.driver, &status) == EB_RESULT_WRONG_ORDER);
    life.end();
}

void destroyed_early(const std::string &library) {
    Life life(library);
    life.begin();
    CHECK(eb_driver_destroy(life.driver) == EB_RESULT_WRONG_ORDER);
    life.status("task", 1);
    eb_status status;
    CHECK(eb_driver_stop(life.driver, &status) == EB_RESULT_OK);
    CHECK(eb_driver_destroy(life.driver) == EB_RESULT_WRONG_ORDER);
    CHECK(life.join() == EB_STATUS_STOPPED);
    CHECK(eb_driver_destroy(life.driver) == EB_RESULT_OK);
}

void after_stop(const std::string &library) {
    Life life(library);
    life.begin();
    eb_status status;
    CHECK(eb_driver_stop(life.driver, &status) == EB_RESULT_OK && status == EB_STATUS_STOPPED);
    answers(life, EB_STATUS_STOPPED);
    CHECK(eb_driver_start(life.driver, &status) == EB_RESULT_WRONG_ORDER);
    life.end();
}

void after_abort(const std::string &library) {
    Life life(library);
    life.begin();
    eb_status status;
    CHECK(eb_driver_abort(life.driver, &status) == EB_RESULT_OK && status == EB_STATUS_ABORTED);
    CHECK(eb_driver_abort(life.driver, &status) == EB_RESULT_OK && status == EB_STATUS_ABORTED);
    life.agent->kill("task"); /* must bring no callback */
    CHECK(life.join() == EB_STATUS_ABORTED);
    CHECK(life.send_status(Life::task_status("task", 1)) == EB_STATUS_ABORTED);
    CHECK(life.send_message("message") == EB_STATUS_ABORTED);
    CHECK(eb_driver_stop(life.driver, &status) == EB_RESULT_OK && status == EB_STATUS_ABORTED);
    CHECK(eb_driver_destroy(life.driver) == EB_RESULT_OK);
    CHECK(life.heard_nothing_more());
    CHECK(life.agent->heard_nothing_more());
}

void within_callback(const std::string &library) {
    Life life(library);
    life.inside = [&life](const Event &event) {
        if (event.kind != "kill_task")
            return;
        eb_status status;
        CHECK(eb_driver_join(life.driver, &status) == EB_RESULT_WRONG_ORDER);
        CHECK(eb_driver_destroy(life.driver) == EB_RESULT_WRONG_ORDER);
        CHECK(life.send_status(Life::task_status("task", 4)) == EB_STATUS_RUNNING);
        CHECK(life.send_message("killed") == EB_STATUS_RUNNING);
    };
    life.begin();
    life.agent->kill("task");
    life.expect({"kill_task", fields::id("task")});
    life.agent->next("StatusUpdateMessage");
    life.agent->next("ExecutorToFrameworkMessage");
    life.end();
}

void stop_within_callback(const std::string &library) {
    Life life(library);
    life.inside = [&life](const Event &event) {
        eb_status status;
        if (event.kind == "shutdown")
            CHECK(eb_driver_stop(life.driver, &status) == EB_RESULT_OK && status == EB_STATUS_STOPPED);
    };
    life.begin();
    life.agent->shutdown();
    CHECK(life.join() == EB_STATUS_STOPPED);
    life.expect({"shutdown", ""});
    CHECK(eb_driver_destroy(life.driver) == EB_RESULT_OK);
}

void abort_within_callback(const std::string &library) {
    Life life(library);
    life.inside = [&life](const Event &event) {
        eb_status status;
        if (event.kind == "framework_message")
            CHECK(eb_driver_abort(life.driver, &status) == EB_RESULT_OK && status == EB_STATUS_ABORTED);
    };
    life.begin();
    life.agent->message("last");
    life.agent->message("too late");
    CHECK(life.join() == EB_STATUS_ABORTED);
    life.expect({"framework_message", "last"});
    CHECK(eb_driver_destroy(life.driver) == EB_RESULT_OK);
    CHECK(life.heard_nothing_more());
}

/* Each call throws in libmesos; none does here, and the driver stays what it was. */
void throwing(const std::string &library) {
    Life life(library.substr(0, library.rfind('/')) + "/libmesos-throwing.so");
    life.open();
    life.create();
    CHECK(life.start() == EB_STATUS_RUNNING);
    eb_status status;
    CHECK(eb_driver_send_status(life.driver, {nullptr, 0}, &status) == EB_RESULT_EXCEPTION);
    CHECK(eb_driver_send_framework_message(life.driver, {nullptr, 0}, &status) == EB_RESULT_EXCEPTION);
    CHECK(eb_driver_stop(life.driver, &status) == EB_RESULT_EXCEPTION);
    CHECK(eb_driver_abort(life.driver, &status) == EB_RESULT_EXCEPTION);
    CHECK(eb_driver_join(life.driver, &status) == EB_RESULT_EXCEPTION);
    CHECK(eb_driver_destroy(life.driver) == EB_RESULT_WRONG_ORDER);
    never_freed(life.driver);
}

void throwing_at_start(const std::string &library) {
    setenv("THROW_AT_START", "1", 1);
    Life life(library.substr(0, library.rfind('/')) + "/libmesos-throwing.so");
    life.open();
    life.create();
    eb_status status;
    CHECK(eb_driver_start(life.driver, &status) == EB_RESULT_EXCEPTION);
    answers(life, EB_STATUS_NOT_STARTED);
    destroy_unstarted(life);
}

void error_in_constructor(const std::string &library) {
    Life life(library);
    setenv("MESOS_LOGBUFSECS", "abc", 1);
    life.open();
    life.create();
    const Event event = life.next();
    CHECK(event.kind == "error");
    CHECK(event.bytes.find("abc") != std::string::npos);
    CHECK(life.start() == EB_STATUS_ABORTED);
    eb_status status;
    CHECK(eb_driver_start(life.driver, &status) == EB_RESULT_WRONG_ORDER);
    answers(life, EB_STATUS_NOT_STARTED);
    destroy_unstarted(life);
    CHECK(life.heard_nothing_more());
}

} // namespace

std::vector<Scenario> orders() {
    return {
        {"callbacks_of_another_size_or_version_are_refused", wrong_callbacks},
        {"a_second_driver_is_refused", second_driver},
        {"calls_before_the_start_change_nothing", before_start},
        {"a_driver_that_never_started_can_be_destroyed", never_started},
        {"a_second_start_is_refused", second_start},
        {"a_driver_is_not_destroyed_before_it_was_joined", destroyed_early},
        {"calls_after_the_stop_change_nothing", after_stop},
        {"calls_after_the_abort_change_nothing", after_abort},
        {"a_callback_may_send_but_not_join_or_destroy", within_callback},
        {"a_callback_may_stop", stop_within_callback},
        {"a_callback_may_abort", abort_within_callback},
        {"what_libmesos_throws_ends_at_the_bridge", throwing, Scenario::New},
        {"what_libmesos_throws_at_its_start_ends_at_the_bridge", throwing_at_start, Scenario::New},
        {"an_error_in_the_constructor_makes_an_aborted_driver", error_in_constructor},
    };
}
