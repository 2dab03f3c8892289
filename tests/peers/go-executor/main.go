// A small executor over mesos-go's v0 driver: a peer that shares no code with the agent it is tested against.
//
// It answers a launch with TASK_STARTING and TASK_RUNNING, ends a task whose data is "finish" with TASK_FINISHED and a
// killed one with TASK_KILLED, sends framework messages back with "echo:" before them, and exits when shut down. A task
// whose data is a CommandInfo is a shell with its value, and ends as that does; a kill is SIGTERM to the shell.
package main

import (
	"flag"
	"fmt"
	"net"
	"os"
	"os/exec"
	"sync"
	"syscall"

	"github.com/gogo/protobuf/proto"
	"github.com/mesos/mesos-go/api/v0/executor"
	"github.com/mesos/mesos-go/api/v0/mesosproto"
)

// The driver calls one method at a time, each on a goroutine of its own.
type peer struct {
	// By task id, the *os.Process of each shell that nobody has killed.
	shells sync.Map
}

func (*peer) Registered(executor.ExecutorDriver, *mesosproto.ExecutorInfo, *mesosproto.FrameworkInfo, *mesosproto.SlaveInfo) {
	fmt.Println("registered")
}

func (*peer) Reregistered(executor.ExecutorDriver, *mesosproto.SlaveInfo) {
	fmt.Println("reregistered")
}

func (*peer) Disconnected(executor.ExecutorDriver) { fmt.Println("disconnected") }

func (p *peer) LaunchTask(driver executor.ExecutorDriver, task *mesosproto.TaskInfo) {
	p.send(driver, task.TaskId, mesosproto.TaskState_TASK_STARTING)
	var command mesosproto.CommandInfo
	if proto.Unmarshal(task.Data, &command) == nil && command.GetValue() != "" {
		p.run(driver, task.TaskId, command.GetValue())
		return
	}
	p.send(driver, task.TaskId, mesosproto.TaskState_TASK_RUNNING)
	if string(task.Data) == "finish" {
		p.send(driver, task.TaskId, mesosproto.TaskState_TASK_FINISHED)
	}
}

func (p *peer) run(driver executor.ExecutorDriver, id *mesosproto.TaskID, command string) {
	shell := exec.Command("/bin/sh", "-c", command)
	if err := shell.Start(); err != nil {
		p.send(driver, id, mesosproto.TaskState_TASK_FAILED)
		return
	}
	p.shells.Store(id.GetValue(), shell.Process)
	p.send(driver, id, mesosproto.TaskState_TASK_RUNNING)
	go func() {
		err := shell.Wait()
		if _, mine := p.shells.LoadAndDelete(id.GetValue()); !mine {
			p.send(driver, id, mesosproto.TaskState_TASK_KILLED)
		} else if err != nil {
			p.send(driver, id, mesosproto.TaskState_TASK_FAILED)
		} else {
			p.send(driver, id, mesosproto.TaskState_TASK_FINISHED)
		}
	}()
}

func (p *peer) KillTask(driver executor.ExecutorDriver, id *mesosproto.TaskID) {
	if shell, running := p.shells.LoadAndDelete(id.GetValue()); running {
		shell.(*os.Process).Signal(syscall.SIGTERM)
		return
	}
	p.send(driver, id, mesosproto.TaskState_TASK_KILLED)
}

func (*peer) FrameworkMessage(driver executor.ExecutorDriver, message string) {
	if _, err := driver.SendFrameworkMessage("echo:" + message); err != nil {
		fmt.Fprintln(os.Stderr, "message:", err)
	}
}

func (*peer) Shutdown(executor.ExecutorDriver) { fmt.Println("shutdown") }

func (*peer) Error(_ executor.ExecutorDriver, message string) {
	fmt.Fprintln(os.Stderr, "error:", message)
}

func (*peer) send(driver executor.ExecutorDriver, id *mesosproto.TaskID, state mesosproto.TaskState) {
	status := &mesosproto.TaskStatus{TaskId: id, State: state.Enum(), Message: proto.String("from mesos-go")}
	if _, err := driver.SendStatusUpdate(status); err != nil {
		fmt.Fprintln(os.Stderr, state, err)
	}
}

func main() {
	flag.Set("logtostderr", "true")
	flag.Parse()

	address := net.ParseIP(os.Getenv("LIBPROCESS_IP"))
	driver, err := executor.NewMesosExecutorDriver(executor.DriverConfig{
		Executor:         &peer{},
		BindingAddress:   address,
		PublishedAddress: address,
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, "driver:", err)
		os.Exit(1)
	}
	if _, err := driver.Start(); err != nil {
		fmt.Fprintln(os.Stderr, "start:", err)
		os.Exit(1)
	}
	driver.Join()
}
