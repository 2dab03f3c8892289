/* Every message, both ways. */
#include <dlfcn.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <thread>

#include "life.h"
#include "scenario.h"

using fields::bytes;
using fields::get;
using fields::id;

namespace {

enum State { Starting = 0, Running = 1, Finished = 2, Killed = 4, Staging = 6, Unknown = 13 };

const std::string binary("a\0b\0\xff\0", 6);

void whole_life(const std::string &library) {
    Life life(library);
    life.begin();
    const std::string task = Agent::task("task", binary);
    life.agent->run(task);
    life.expect({"launch_task", task});
    life.agent->acknowledge(life.status("task", Starting));
    life.agent->acknowledge(life.status("task", Running));
    life.agent->message(binary);
    life.expect({"framework_message", binary});
    life.agent->message("");
    life.expect({"framework_message", ""});
    CHECK(life.send_message(binary) == EB_STATUS_RUNNING);
    const std::string message = life.agent->next("ExecutorToFrameworkMessage");
    CHECK(message == bytes(1, id(Agent::agent_id)) + bytes(2, id(Agent::framework_id)) +
                         bytes(3, id(Agent::executor_id)) + bytes(4, binary));
    CHECK(life.send_message("") == EB_STATUS_RUNNING);
    CHECK(get(life.agent->next("ExecutorToFrameworkMessage"), {4}).empty());
    life.agent->kill("task");
    life.expect({"kill_task", id("task")});
    life.agent->acknowledge(life.status("task", Killed));
    life.agent->shutdown();
    life.expect({"shutdown", ""});
    life.end();
}

/* What the driver fills, as captured from real ones. */
void status_fields(const std::string &library) {
    Life life(library);
    life.begin();
    CHECK(life.send_status(Life::task_status("task", Running, binary)) == EB_STATUS_RUNNING);
    const std::string message = life.agent->next("StatusUpdateMessage");
    CHECK(get(message, {2}) == life.agent->executor().text());
    const std::string update = get(message, {1});
    CHECK(get(update, {1, 1}) == Agent::framework_id);
    CHECK(get(update, {2, 1}) == Agent::executor_id);
    CHECK(get(update, {3, 1}) == Agent::agent_id);
    CHECK(get(update, {4, 1, 1}) == "task");
    CHECK(get(update, {4, 2}) == std::to_string(Running));
    CHECK(get(update, {4, 3}) == binary);
    CHECK(get(update, {4, 5, 1}) == Agent::agent_id);
    CHECK(get(update, {4, 6}) == get(update, {5}) && get(update, {5}).size() == 8);
    CHECK(get(update, {4, 7}).empty());
    CHECK(get(update, {4, 9}).empty());
    CHECK(get(update, {4, 11}) == get(update, {6}) && get(update, {6}).size() == 16);
    life.end();
}

void megabytes(const std::string &library) {
    std::string large(1 << 20, '\0');
    for (size_t i = 0; i < large.size(); i++)
        large[i] = static_cast<char>(i * 7 + i / 251);
    Life life(library);
    life.begin();
    const std::string task = Agent::task("task", large);
    life.agent->run(task);
    life.expect({"launch_task", task});
    CHECK(get(life.status("task", Running, large), {4, 3}) == large);
    life.agent->message(large);
    life.expect({"framework_message", large});
    CHECK(life.send_message(large) == EB_STATUS_RUNNING);
    CHECK(get(life.agent->next("ExecutorToFrameworkMessage"), {4}) == large);
    life.end();
}

void many_messages(const std::string &library) {
    constexpr int count = 100'000;
    Life life(library);
    life.begin();
    std::thread agent([&life] {
        for (int i = 0; i < count; i++)
            life.agent->message(std::to_string(i));
    });
    for (int i = 0; i < count; i++)
        life.expect({"framework_message", std::to_string(i)});
    agent.join();
    life.end();
}

/* The stand-in's own way, which takes no wire: see standin_launch_many. */
void many_launches(const std::string &library) {
    constexpr int count = 100'000;
    Life life(library);
    life.begin();
    const std::string task = Agent::task("task", binary);
    void *opened = dlopen(library.c_str(), RTLD_LAZY | RTLD_NOLOAD);
    CHECK(opened);
    const auto launch_many = reinterpret_cast<void (*)(void *, int32_t, const uint8_t *, size_t, uint64_t *)>(
        dlsym(opened, "standin_launch_many"));
    std::vector<uint64_t> nanoseconds(count);
    launch_many(nullptr, count, Life::view(task).data, task.size(), nanoseconds.data());
    for (int i = 0; i < count; i++) {
        CHECK(nanoseconds[static_cast<size_t>(i)] > 0);
        life.expect({"launch_task", task});
    }
    life.end();
}

/* Senders on several threads while callbacks come; then the end in the middle of it. */
void many_threads(const std::string &library) {
    constexpr int count = 1'000;
    Life life(library);
    life.begin();
    std::vector<std::thread> threads;
    threads.emplace_back([&life] {
        for (int i = 0; i < count; i++)
            life.agent->message("message");
    });
    for (int thread = 0; thread < 4; thread++)
        threads.emplace_back([&life] {
            eb_status status = EB_STATUS_RUNNING;
            while (status == EB_STATUS_RUNNING) {
                status = life.send_status(Life::task_status("task", Running, "data"));
                CHECK(life.send_message(binary) <= EB_STATUS_STOPPED);
            }
            CHECK(status == EB_STATUS_STOPPED);
        });
    for (int i = 0; i < count; i++)
        life.expect({"framework_message", "message"});
    eb_status status;
    CHECK(eb_driver_stop(life.driver, &status) == EB_RESULT_OK);
    for (auto &thread : threads)
        thread.join();
    CHECK(life.join() == EB_STATUS_STOPPED);
    CHECK(eb_driver_destroy(life.driver) == EB_RESULT_OK);
}

void refused_status(const std::string &library) {
    Life life(library);
    life.begin();
    eb_status status;
    for (const std::string &wrong : {std::string("\xff\xff\xff"), std::string(), bytes(1, id("task"))})
        CHECK(eb_driver_send_status(life.driver, Life::view(wrong), &status) == EB_RESULT_REFUSED_MESSAGE);
    CHECK(life.agent->heard_nothing_more());
    life.end();
}

/* An enumeration's value that is newer than the library. */
void newer_state_refused(const std::string &library) {
    Life life(library);
    life.begin();
    eb_status status;
    const std::string task_status = Life::task_status("task", Unknown);
    CHECK(eb_driver_send_status(life.driver, Life::view(task_status), &status) == EB_RESULT_REFUSED_MESSAGE);
    life.end();
}

void newer_state_sent(const std::string &library) {
    Life life(library);
    life.begin();
    CHECK(get(life.status("task", Unknown), {4, 2}) == std::to_string(Unknown));
    life.end();
}

void staging_refused(const std::string &library) {
    Life life(library);
    life.begin();
    CHECK(life.send_status(Life::task_status("task", Staging)) == EB_STATUS_RUNNING);
    CHECK(life.join() == EB_STATUS_ABORTED);
    const Event event = life.next();
    CHECK(event.kind == "error" && event.bytes.find("TASK_STAGING") != std::string::npos);
    CHECK(life.agent->heard_nothing_more());
    CHECK(eb_driver_destroy(life.driver) == EB_RESULT_OK);
}

void staging_sent(const std::string &library) {
    Life life(library);
    life.begin();
    CHECK(get(life.status("task", Staging), {4, 2}) == std::to_string(Staging));
    life.end();
}

/* Against the contract, but an exception must not end the driver's actor in silence. */
void callback_throws(const std::string &library) {
    Life life(library);
    life.inside = [](const Event &event) {
        if (event.kind == "kill_task")
            throw 1;
    };
    life.begin();
    life.agent->kill("task");
    CHECK(life.next().kind == "error");
    life.agent->message("alive");
    life.expect({"framework_message", "alive"});
    life.end();
}

/* Sends raw bytes to the executor and returns what it answers until it closes. */
std::string post_raw(const Agent &agent, const std::string &text) {
    const int connection = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = agent.executor().ip;
    address.sin_port = htons(agent.executor().port);
    CHECK(connect(connection, reinterpret_cast<sockaddr *>(&address), sizeof address) == 0);
    CHECK(send(connection, text.data(), text.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(text.size()));
    shutdown(connection, SHUT_WR);
    std::string answer;
    char buffer[1000];
    for (ssize_t count; (count = recv(connection, buffer, sizeof buffer, 0)) > 0;)
        answer.append(buffer, static_cast<size_t>(count));
    close(connection);
    return answer;
}

void garbage(const std::string &library) {
    const std::string head = "POST /executor(1)/mesos.internal.KillTaskMessage HTTP/1.1\r\n";
    const std::string from = "Libprocess-From: slave(1)@127.0.0.1:5051\r\n";
    const std::string sender = "User-Agent: libprocess/slave(1)@127.0.0.1:5051\r\n";
    Life life(library);
    life.begin();
    for (const std::string &text : {
             std::string(),
             std::string("\r\n\r\n"),
             std::string(1000, '\0') + "\r\n\r\n",
             std::string(1 << 20, 'x'),
             std::string("GET / HTTP/1.1\r\n\r\n"),
             std::string("POST /executor(1)/ HTTP/1.1\r\n\r\n"),
             std::string("POST / HTTP/1.1\r\n\r\n"),
             head + "\r\n",
             head + sender + ": \r\n\r\n",
             head + sender + "Content-Length: -1\r\n\r\n",
             head + sender + "Content-Length: 99999999999999999999\r\n\r\n",
             head + sender + "Content-Length: 10\r\n\r\nshort",
             head + sender + "Content-Length: 3\r\n\r\n\xff\xff\xff",
             head + sender + "Transfer-Encoding: chunked\r\n\r\nxyz\r\n",
             head + sender + "Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n",
             head + sender + "Transfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n0\r\n\r\n",
             "POST /executor(1)/mesos.internal.NoSuchMessage HTTP/1.1\r\n" + sender + "\r\n",
         })
        CHECK(post_raw(*life.agent, text).empty());
    CHECK(post_raw(*life.agent, head + from + "\r\n").find("202 Accepted") != std::string::npos);
    CHECK(post_raw(*life.agent, "POST /nobody/message HTTP/1.1\r\n" + from + "\r\n").find("404") != std::string::npos);
    life.agent->kill("task");
    life.expect({"kill_task", id("task")});
    life.end();
}

/* Bodies that are announced, in several chunks, and several messages in one go. */
void bodies(const std::string &library) {
    const auto kill = [](const std::string &task) { return bytes(1, id(Agent::framework_id)) + bytes(2, id(task)); };
    const std::string head = "POST /executor(1)/mesos.internal.KillTaskMessage HTTP/1.1\r\n"
                             "user-agent: libprocess/slave(1)@127.0.0.1:5051\r\n";
    const auto announced = [&](const std::string &task) {
        return head + "content-length: " + std::to_string(kill(task).size()) + "\r\n\r\n" + kill(task);
    };
    std::string chunked = head + "transfer-encoding: chunked\r\n\r\n";
    for (const char byte : kill("chunks"))
        chunked += std::string("1\r\n") + byte + "\r\n";
    Life life(library);
    life.begin();
    CHECK(post_raw(*life.agent, announced("first") + chunked + "0\r\n\r\n" + announced("last")).empty());
    for (const char *task : {"first", "chunks", "last"})
        life.expect({"kill_task", id(task)});
    life.end();
}

} // namespace

std::vector<Scenario> traffic() {
    return {
        {"a_whole_life", whole_life},
        {"a_status_is_filled_like_libmesos_does", status_fields},
        {"messages_of_a_megabyte_pass", megabytes},
        {"a_hundred_thousand_messages_pass", many_messages},
        {"a_hundred_thousand_launches_pass", many_launches},
        {"many_threads_send_until_the_stop", many_threads},
        {"a_status_that_is_none_is_refused", refused_status},
        {"a_state_newer_than_the_library_is_refused", newer_state_refused, Scenario::Old},
        {"a_state_the_library_knows_is_sent", newer_state_sent, Scenario::New},
        {"an_old_driver_aborts_on_staging", staging_refused, Scenario::Old},
        {"a_new_driver_leaves_staging_to_the_agent", staging_sent, Scenario::New},
        {"an_exception_of_a_callback_becomes_an_error", callback_throws},
        {"garbage_on_the_wire_harms_nobody", garbage},
        {"bodies_of_every_kind_are_read", bodies},
    };
}
