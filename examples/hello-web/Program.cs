using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;
using HelloWeb;

Settings settings;
try
{
    settings = new Settings();
}
catch (FormatException wrong)
{
    await Console.Error.WriteLineAsync($"hello-web: {wrong.Message}");
    return 2;
}

var time = TimeProvider.System;
var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
builder.Services.AddRoutingCore();
builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
{
    kestrel.AddServerHeader = false;
    kestrel.Listen(settings.Bind, settings.Port);
});
// Long enough for any request in flight; what bounds it is the grace the executor gives.
builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromMinutes(5));
await using var app = builder.Build();

long loadingSince = 0;
var draining = app.Lifetime.ApplicationStopping;
app.Use(async (context, next) =>
{
    if (settings.Delay > TimeSpan.Zero) await Task.Delay(settings.Delay, time, context.RequestAborted);
    // A client that keeps its connection would send the next request into a closing server.
    context.Response.OnStarting(() =>
    {
        if (draining.IsCancellationRequested) context.Response.Headers.Connection = "close";
        return Task.CompletedTask;
    });
    if (context.Request.Path != "/health" && IsCold())
    {
        context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        await context.Response.WriteAsync("cold: loading\n");
        return;
    }

    await next(context);
});

var warmAt = time.GetTimestamp();
app.MapGet("/", context => context.Response.WriteAsync($"hello from {settings.Instance}\n"));
app.MapGet("/health", async context =>
{
    var warm = time.GetElapsedTime(warmAt) >= settings.WarmUp;
    context.Response.StatusCode = warm ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
    await context.Response.WriteAsync(warm ? "ok\n" : "warming up\n");
});
app.MapGet("/slow", async context =>
{
    var given = context.Request.Query["ms"].ToString();
    if (!int.TryParse(given, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds))
    {
        context.Response.StatusCode = StatusCodes.Status400BadRequest;
        await context.Response.WriteAsync($"ms: '{given}' is not accepted; accepted: a whole number of milliseconds\n");
        return;
    }

    await Task.Delay(TimeSpan.FromMilliseconds(milliseconds), time, context.RequestAborted);
    await context.Response.WriteAsync($"slow hello from {settings.Instance}\n");
});

try
{
    await app.StartAsync();
}
catch (IOException)
{
    await Console.Error.WriteLineAsync($"hello-web: {new IPEndPoint(settings.Bind, settings.Port)} cannot be bound");
    return 1;
}

using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, StopOn);
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, StopOn);
Console.WriteLine($"listening on {app.Urls.First()}");
await app.WaitForShutdownAsync();
Console.WriteLine("drained, good bye");
return 0;

void StopOn(PosixSignalContext signal)
{
    signal.Cancel = true;
    Console.WriteLine($"{signal.Signal}: finishing the requests in flight");
    app.Lifetime.StopApplication();
}

bool IsCold()
{
    if (settings.Cold == TimeSpan.Zero) return false;
    Interlocked.CompareExchange(ref loadingSince, time.GetTimestamp(), 0);
    return time.GetElapsedTime(loadingSince) < settings.Cold;
}
