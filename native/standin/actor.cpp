#include "actor.h"

namespace standin {

void Actor::start(Event first) {
    const std::lock_guard<std::mutex> lock(mutex_);
    events_.push_back(std::move(first));
    running_ = true;
    thread_ = std::thread([this] { run(); });
}

void Actor::post(Event event) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (!running_)
        return;
    events_.push_back(std::move(event));
    changed_.notify_one();
}

void Actor::set_timer(std::chrono::nanoseconds delay, Event event) {
    const std::lock_guard<std::mutex> lock(mutex_);
    timer_ = std::move(event);
    due_ = Clock::now() + delay;
    changed_.notify_one();
}

void Actor::terminate() {
    std::deque<Event> lost; /* destroyed after the lock is released */
    const std::lock_guard<std::mutex> lock(mutex_);
    running_ = false;
    lost.swap(events_);
    changed_.notify_one();
}

void Actor::wait() {
    if (thread_.joinable())
        thread_.join();
}

void Actor::run() {
    try {
        while (const Event event = next())
            event();
    } catch (...) {
        /* What leaves an event ends a libprocess actor without a word, and nothing that waits for it is told. */
        terminate();
        return;
    }
    on_terminated_();
}

/* Empty when the actor is to end. */
Actor::Event Actor::next() {
    std::unique_lock<std::mutex> lock(mutex_);
    for (;;) {
        if (!running_)
            return nullptr;
        Event event;
        if (timer_ && Clock::now() >= due_) {
            event.swap(timer_);
            return event;
        }
        if (!events_.empty()) {
            event.swap(events_.front());
            events_.pop_front();
            return event;
        }
        if (timer_)
            changed_.wait_until(lock, due_);
        else
            changed_.wait(lock);
    }
}

} // namespace standin
