/* One driver with its agent, from the environment on; every scenario has its own process, so there is one. */
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "agent.h"
#include "executor_bridge.h"

struct Event {
    std::string kind;  /* the callback's name */
    std::string bytes; /* what it brought, in a row */
    bool operator==(const Event &other) const { return kind == other.kind && bytes == other.bytes; }
};

class Life {
  public:
    /* `library`: the path of a libmesos. Sets what an agent sets. */
    explicit Life(const std::string &library);

    void open();
    void create();

    /* Opens, creates and starts, then the agent registers the executor. */
    void begin();

    /* Stops, joins and destroys. */
    void end();

    /* The agent's connections break, and a new one comes up on the same port. */
    void restart_agent();

    eb_status start();
    eb_status join();
    eb_status send_status(const std::string &task_status);
    eb_status send_message(const std::string &data);

    /* Sends a status of a task and returns the StatusUpdate that reaches the agent. */
    std::string status(const std::string &task_id, int state, const std::string &data = "");
    static std::string task_status(const std::string &task_id, int state, const std::string &data = "");

    /* Waits for the next callback, which must be this one. */
    void expect(const Event &event);
    Event next() { return events_.next(); }
    bool heard_nothing_more() { return events_.empty(); }

    std::unique_ptr<Agent> agent = std::make_unique<Agent>();
    std::function<void(const Event &)> inside = [](const Event &) {}; /* called within each callback */
    eb_library *library = nullptr;
    eb_driver *driver = nullptr;

    static eb_bytes view(const std::string &text);
    eb_callbacks callbacks() const;

  private:
    static void hear(void *context, const char *kind, const std::string &bytes);

    const std::string path_;
    Inbox<Event> events_;
};
