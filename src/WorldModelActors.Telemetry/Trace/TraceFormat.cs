using System.Text.Encodings.Web;
using System.Text.Json;
using WorldModelActors.Rollout;

namespace WorldModelActors.Telemetry;

/// <summary>Writes events as JSON, times in microseconds since the trace began.</summary>
internal sealed class TraceFormat(TimeProvider time, long began)
{
    private static readonly JsonWriterOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    public void Write(Stream output, in TraceEvent happened)
    {
        using var json = new Utf8JsonWriter(output, s_options);
        json.WriteStartObject();
        json.WriteString("name", happened.Name);
        json.WriteString("ph", happened.Kind switch
        {
            TraceEventKind.Complete => "X",
            TraceEventKind.Counter => "C",
            TraceEventKind.AsyncBegin => "b",
            TraceEventKind.AsyncEnd => "e",
            TraceEventKind.Instant => "i",
            _ => "M",
        });
        json.WriteNumber("pid", happened.Process);
        json.WriteNumber("tid", happened.Thread);
        if (happened.Kind != TraceEventKind.Metadata)
        {
            json.WriteString("cat", happened.Id is null ? "lane" : "episode");
            json.WriteNumber("ts", Microseconds(began, happened.Start));
        }
        if (happened.Kind == TraceEventKind.Complete)
            json.WriteNumber("dur", Microseconds(happened.Start, happened.End));
        if (happened.Kind == TraceEventKind.Instant)
            json.WriteString("s", "g");
        if (happened.Id is not null)
            json.WriteString("id", happened.Id);
        if (happened.Arguments is { } arguments)
            WriteArguments(json, arguments);
        json.WriteEndObject();
    }

    private static void WriteArguments(Utf8JsonWriter json, IReadOnlyList<(string Name, object Value)> arguments)
    {
        json.WriteStartObject("args");
        foreach (var (name, value) in arguments)
        {
            json.WritePropertyName(name);
            switch (value)
            {
                case int number:
                    json.WriteNumberValue(number);
                    break;
                case long number:
                    json.WriteNumberValue(number);
                    break;
                case LaneSubject[] subjects:
                    WriteSubjects(json, subjects);
                    break;
                default:
                    json.WriteStringValue(value.ToString());
                    break;
            }
        }
        json.WriteEndObject();
    }

    private static void WriteSubjects(Utf8JsonWriter json, LaneSubject[] subjects)
    {
        json.WriteStartArray();
        foreach (var subject in subjects)
        {
            json.WriteStartObject();
            json.WriteString("episode", subject.Episode);
            json.WriteNumber("iteration", subject.Iteration);
            if (subject.Phase is { } phase)
                json.WriteString("phase", phase.ToString().ToLowerInvariant());
            if (subject.Step is { } step)
                json.WriteNumber("step", step);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private decimal Microseconds(long from, long to) => Math.Round((decimal)(to - from) * 1_000_000 / time.TimestampFrequency, 3);
}
