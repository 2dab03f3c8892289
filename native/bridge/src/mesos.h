/*
 * What libmesos knows as mesos::Executor, declared without its headers: forward-declared messages are enough. The
 * order of the virtual functions is the same in every release from 0.22.2 to 1.11.0. Type information must stay: 1.7
 * and later cast this class dynamically, and crash where there is none.
 */
#pragma once

namespace mesos {

class ExecutorDriver;
class ExecutorInfo;
class FrameworkInfo;
class SlaveInfo;
class TaskInfo;
class TaskID;

/* A std::string of the library's ABI; read it with string_bytes() only. */
class String;

class Executor {
  public:
    virtual ~Executor() = default;
    virtual void registered(ExecutorDriver *, const ExecutorInfo &, const FrameworkInfo &, const SlaveInfo &) = 0;
    virtual void reregistered(ExecutorDriver *, const SlaveInfo &) = 0;
    virtual void disconnected(ExecutorDriver *) = 0;
    virtual void launchTask(ExecutorDriver *, const TaskInfo &) = 0;
    virtual void killTask(ExecutorDriver *, const TaskID &) = 0;
    virtual void frameworkMessage(ExecutorDriver *, const String &) = 0;
    virtual void shutdown(ExecutorDriver *) = 0;
    virtual void error(ExecutorDriver *, const String &) = 0;
};

} // namespace mesos
