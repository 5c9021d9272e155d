using System.Runtime.CompilerServices;

namespace WorldModelActors.Engine.Akka;

/// <summary>
/// The bytes that came, read with suspicion: nothing is read beyond their end (Hyperion would take zeros), and objects that are nested so deep that
/// the stack would overflow, which would end the process, are refused.
/// </summary>
internal sealed class WireStream(byte[] bytes) : Stream
{
    private int _position;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => bytes.Length;

    public override long Position
    {
        get => _position;
        set => throw new NotSupportedException();
    }

    public bool IsAtEnd => _position == bytes.Length;

    public override int Read(byte[] buffer, int offset, int count)
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw new WireException("a message is nested too deep");
        }

        if (count > bytes.Length - _position)
        {
            throw new WireException($"a message ends after {bytes.Length} bytes, before its own end");
        }

        Buffer.BlockCopy(bytes, _position, buffer, offset, count);
        _position += count;
        return count;
    }

    public override int ReadByte()
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw new WireException("a message is nested too deep");
        }

        if (_position == bytes.Length)
        {
            throw new WireException($"a message ends after {bytes.Length} bytes, before its own end");
        }

        return bytes[_position++];
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
