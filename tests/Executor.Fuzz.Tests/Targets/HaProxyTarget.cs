using System.Text;
using Executor.Core.Discovery.HaProxy;
using Executor.Fuzz.Tests.Engine;

namespace Executor.Fuzz.Tests.Targets;

/// <summary>HAProxy's tables of servers; what is none is null, and then the answer is what the error shows.</summary>
internal sealed class HaProxyTarget : FuzzTarget
{
    private const string Header =
        "1\n# be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_uweight srv_iweight srv_time_since_last_change srv_check_status srv_check_result srv_check_health srv_check_state srv_agent_state bk_f_forced_id srv_f_forced_id srv_fqdn srv_port srvrecord srv_use_ssl srv_check_port srv_check_addr srv_agent_addr srv_agent_port\n";

    public override IEnumerable<byte[]> Seeds =>
    [
        Bytes(Header + "3 web 1 slot1 127.0.0.1 0 5 1 1 10 1 0 2 0 0 0 0 - 1 - 0 0 - - 0\n3 web 2 slot2 10.0.0.1 2 0 1 1 10 1 0 2 0 0 0 0 - 31000 - 0 0 - - 0\n"),
        Bytes(Header + "3 web 1 slot1 - 0 5 1 1 10 1 0 2 0 0 0 0 name 1 - 0 0 - - 0\n3 web 1 slot1 ::1 0 5 1 1 10 1 0 2 0 0 0 0 name 1 - 0 0 - - 0\n"),
        Bytes("Can't find backend.\n"),
    ];

    public override IReadOnlyList<string> Words => ["srv_name", "srv_addr", "srv_port", "srv_admin_state", " 127.0.0.1 ", " 65536 ", " 0x5 ", " -1 ", "\n# ", " ::1%lo "];

    public override void Check(ReadOnlyMemory<byte> input)
    {
        foreach (var slot in ServerSlot.ParseTable(Encoding.UTF8.GetString(input.Span).Trim()) ?? [])
            AssertThat(!slot.IsFree || slot.Server is not null, $"{slot} is free and nowhere");
    }
}
