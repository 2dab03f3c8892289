/* An agent with one executor, on a loopback port: says what it is told to, and keeps what it hears. */
#pragma once

#include <arpa/inet.h>
#include <string>

#include "fields.h"
#include "inbox.h"
#include "node.h"

class Agent {
  public:
    static constexpr const char *agent_id = "agent-1";
    static constexpr const char *framework_id = "framework-1";
    static constexpr const char *executor_id = "executor-1";

    explicit Agent(uint16_t port = 0);

    std::string pid() const { return node_.self().text(); }
    uint16_t port() const { return node_.self().port; }

    /* The body of the executor's next message, which must be of this kind, e.g. StatusUpdateMessage. */
    std::string next(const std::string &kind);
    bool heard_nothing_more() { return heard_.empty(); }

    /* Who sent the last message that was looked at, and where everything goes. */
    const wire::Pid &executor() const { return executor_; }
    void expect(const wire::Pid &executor) { executor_ = executor; }

    /* What it says of itself and its executor. */
    static std::string executor_info();
    static std::string framework_info();
    static std::string agent_info();
    static std::string task(const std::string &id, const std::string &data = "");

    void registered();
    void reconnect();
    void reregistered();
    void run(const std::string &task_info);
    void kill(const std::string &task_id);
    void message(const std::string &data);
    void acknowledge(const std::string &status_update);
    void shutdown();

  private:
    void send(const std::string &kind, const std::string &body);

    Inbox<wire::Message> heard_;
    wire::Pid executor_;
    wire::Node node_;
};
