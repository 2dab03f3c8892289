using Executor.Control.Marathon;

namespace Executor.Control.Tests.Marathon;

public class TaskEnvironmentTests
{
    private static Dictionary<string, string> Build(string members, params int[] ports) =>
        TaskEnvironment.Build(Apps.With(members), "shop_cart.1", "agent.example", ports).ToDictionary();

    [Test]
    public void The_task_and_the_app_are_named()
    {
        var variables = Build("\"version\": \"2017-01-01T00:00:00.000Z\", \"cpus\": 1, \"mem\": 64.5");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(variables["MESOS_TASK_ID"], Is.EqualTo("shop_cart.1"));
            Assert.That(variables["MARATHON_APP_ID"], Is.EqualTo("/shop/cart"));
            Assert.That(variables["MARATHON_APP_VERSION"], Is.EqualTo("2017-01-01T00:00:00.000Z"));
            Assert.That(variables["MARATHON_APP_RESOURCE_CPUS"], Is.EqualTo("1.0"));
            Assert.That(variables["MARATHON_APP_RESOURCE_MEM"], Is.EqualTo("64.5"));
            Assert.That(variables["MARATHON_APP_RESOURCE_DISK"], Is.EqualTo("0.0"));
            Assert.That(variables["MARATHON_APP_RESOURCE_GPUS"], Is.EqualTo("0"));
            Assert.That(variables["HOST"], Is.EqualTo("agent.example"));
        }
    }

    [Test]
    public void Labels_become_variables_with_underscores_for_runs_of_other_characters()
    {
        var variables = Build("\"labels\": {\"frontend-sync:a\": \"x\", \"a.-b\": \"y\"}");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(variables["MARATHON_APP_LABELS"], Is.EqualTo("FRONTEND_SYNC_A A_B"));
            Assert.That(variables["MARATHON_APP_LABEL_FRONTEND_SYNC_A"], Is.EqualTo("x"));
            Assert.That(variables["MARATHON_APP_LABEL_A_B"], Is.EqualTo("y"));
        }
    }

    [Test]
    public void Long_labels_are_skipped()
    {
        var variables = Build($"\"labels\": {{\"long\": \"{new string('x', 512)}\", \"short\": \"{new string('x', 511)}\"}}");
        Assert.That(variables["MARATHON_APP_LABELS"], Is.EqualTo("SHORT"));
        Assert.That(variables, Does.Not.ContainKey("MARATHON_APP_LABEL_LONG"));
    }

    [Test]
    public void Ports_are_given_by_index_by_number_and_by_name()
    {
        var variables = Build("""
            "portDefinitions": [{"port": 10000, "name": "http"}, {"port": 0, "name": "admin"}]
            """, 31005, 31006);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(variables["PORT"], Is.EqualTo("31005"));
            Assert.That(variables["PORT0"], Is.EqualTo("31005"));
            Assert.That(variables["PORT1"], Is.EqualTo("31006"));
            Assert.That(variables["PORT_10000"], Is.EqualTo("31005"));
            Assert.That(variables["PORT_31006"], Is.EqualTo("31006"));
            Assert.That(variables["PORT_HTTP"], Is.EqualTo("31005"));
            Assert.That(variables["PORT_ADMIN"], Is.EqualTo("31006"));
            Assert.That(variables["PORTS"], Is.EqualTo("31005,31006"));
        }
    }

    [Test]
    public void An_app_without_ports_gets_no_port_variables() =>
        Assert.That(Build("\"portDefinitions\": []").Keys, Has.None.StartsWith("PORT"));

    [Test]
    public void The_apps_own_variables_win() =>
        Assert.That(Build("\"env\": {\"PORT\": \"80\", \"HOST\": \"here\"}", 31005), Does.ContainKey("PORT").WithValue("80")
            .And.ContainKey("HOST").WithValue("here").And.ContainKey("PORT0").WithValue("31005"));
}
