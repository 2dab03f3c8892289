/* A thread of its own that runs what is posted to it, one event after the other. */
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace standin {

class Actor {
  public:
    using Event = std::function<void()>;

    /* `on_terminated`: called on the actor's thread, as the last thing, where terminate() ended it. */
    explicit Actor(Event on_terminated) : on_terminated_(std::move(on_terminated)) {}

    ~Actor() { wait(); }
    Actor(const Actor &) = delete;
    Actor &operator=(const Actor &) = delete;

    void start(Event first);

    /* Lost while it does not run. */
    void post(Event event);

    /* There is one timer; setting it anew forgets what it was set to. */
    void set_timer(std::chrono::nanoseconds delay, Event event);

    /* Ends it after the event that runs now; those still queued are lost. */
    void terminate();

    /* Until it has ended: for ever, as in libmesos, where nothing ends it. */
    void wait();

  private:
    using Clock = std::chrono::steady_clock;

    void run();
    Event next();

    const Event on_terminated_;
    std::mutex mutex_; /* guards what follows */
    std::condition_variable changed_;
    std::deque<Event> events_;
    Event timer_; /* empty where none is set */
    Clock::time_point due_;
    bool running_ = false;
    std::thread thread_;
};

} // namespace standin
