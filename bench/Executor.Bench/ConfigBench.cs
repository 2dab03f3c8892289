using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Executor.Core.Ports;
using Executor.Core.Processes;
using Executor.Core.Secrets.Documents;
using Executor.Tests.Fakes.Https;

namespace Executor.Bench;

/// <summary>
/// What a task's start takes with a configuration of 100 variables, encrypted with CMS, from nginx on loopback with mutual
/// TLS; and without, in turn.
/// </summary>
internal static class ConfigBench
{
    private const int Runs = 30;
    private const int Variables = 100;

    public static async Task<int> RunAsync(string folder)
    {
        var work = Directory.CreateTempSubdirectory("executor-bench-");
        try
        {
            using var authority = new TestAuthority();
            using var own = authority.Issue("bench");
            var json = string.Join(',', Enumerable.Range(0, Variables).Select(i => $"\"VARIABLE_{i}\":\"{RandomNumberGenerator.GetHexString(40)}\""));
            var document = DocumentSealer.Seal(DocumentFormat.Cms, Encoding.UTF8.GetBytes($"{{{json}}}"), own.Certificate);
            await File.WriteAllBytesAsync(Path.Combine(work.FullName, "bench"), document);
            var port = FreePort();
            await using var nginx = await StartAsync(folder, work.FullName, port, authority);

            var plain = new Dictionary<string, string> { ["EXECUTOR_DRIVER"] = "managed" };
            var stored = new Dictionary<string, string>(plain)
            {
                ["CERTIFICATE"] = own.Pem,
                ["CERTIFICATE_KEY"] = own.KeyPem,
                ["EXECUTOR_CA_BUNDLE"] = Path.Combine(work.FullName, "ca.pem"),
                ["EXECUTOR_CONFIG_STORE"] = FormattableString.Invariant($"https://localhost:{port}/bench"),
            };
            var (with, without) = (new List<double>(), new List<double>());
            for (var run = 0; run <= Runs; run++)
            {
                var (one, other) = (await LaunchAsync(folder, stored), await LaunchAsync(folder, plain));
                if (run == 0) continue; // the first reads the programs from disk
                with.Add(one);
                without.Add(other);
            }

            nginx.Signal(Signals.Kill);
            await nginx.TreeEmpty;
            Console.WriteLine($"config: {Runs} runs each, in turn, of the published executor, managed driver; nginx on loopback, mutual TLS, RSA 2048,");
            Console.WriteLine($"  a CMS document of {Variables} variables, {document.Length} bytes; a new executor each time, so that nothing is warm");
            Figures.Print("RunTaskMessage to TASK_RUNNING on the wire, which comes after exec, with the configuration", "ms", with, 60);
            Figures.Print("the same without", "ms", without, 15);
            return 0;
        }
        finally
        {
            work.Delete(recursive: true);
        }
    }

    private static async Task<double> LaunchAsync(string folder, IReadOnlyDictionary<string, string> settings)
    {
        await using var agent = new BareAgent(folder, settings);
        await agent.StartExecutorAsync();
        return (await agent.RunTaskAsync("sleep 1000")).TotalMilliseconds;
    }

    private static async Task<ISupervisedProcess> StartAsync(string folder, string work, int port, TestAuthority authority)
    {
        using var server = authority.Issue("localhost", curve: ECCurve.NamedCurves.nistP256);
        await File.WriteAllTextAsync(Path.Combine(work, "ca.pem"), authority.Pem);
        await File.WriteAllTextAsync(Path.Combine(work, "server.pem"), server.Pem);
        await File.WriteAllTextAsync(Path.Combine(work, "server.key"), server.KeyPem);
        var configuration = Path.Combine(work, "nginx.conf");
        await File.WriteAllTextAsync(configuration, $$"""
            daemon off;
            user root;
            worker_processes 1;
            error_log {{work}}/error.log;
            pid {{work}}/nginx.pid;
            events {}
            http {
              access_log off;
              client_body_temp_path {{work}}/t1;
              proxy_temp_path {{work}}/t2;
              fastcgi_temp_path {{work}}/t3;
              uwsgi_temp_path {{work}}/t4;
              scgi_temp_path {{work}}/t5;
              server {
                listen 127.0.0.1:{{port}} ssl;
                ssl_certificate {{work}}/server.pem;
                ssl_certificate_key {{work}}/server.key;
                ssl_client_certificate {{work}}/ca.pem;
                ssl_verify_client on;
                root {{work}};
                default_type application/cms;
              }
            }
            """);
        var launcher = new SupervisedProcessLauncher(Path.Combine(folder, "task-supervisor"), TimeProvider.System);
        var nginx = await launcher.LaunchAsync(
            new ProcessDescription
            {
                Program = "/usr/sbin/nginx",
                Arguments = ["nginx", "-c", configuration],
                WorkingDirectory = work,
                Environment = new Dictionary<string, string> { ["PATH"] = "/usr/sbin:/usr/bin:/bin" },
            },
            CancellationToken.None);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30), TimeProvider.System);
        while (!await AcceptsAsync(port, limit.Token)) await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, limit.Token);
        return nginx;
    }

    private static async Task<bool> AcceptsAsync(int port, CancellationToken cancellationToken)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
