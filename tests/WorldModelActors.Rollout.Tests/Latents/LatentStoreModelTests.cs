using FsCheck;
using FsCheck.Fluent;
using WorldModelActors.Engine;

namespace WorldModelActors.Rollout.Tests;

/// <summary>The store against the simplest thing that does the same: a dictionary of values and counts.</summary>
[Collection(DemoModelCollection.Name)]
public class LatentStoreModelTests
{
    private const long DeviceBytes = 160;
    private const long HostBytes = 96;
    private static readonly ActorPath Maker = ActorPath.Parse("/node/test");

    [Fact]
    public void StoreDoesWhatItsModelDoes() =>
        Prop.ForAll(
            ArbMap.Default.ArbFor<(byte, byte, byte)[]>(),
            steps =>
            {
                var before = Tensor.TotalCount;
                using (var run = new Run())
                {
                    foreach (var (what, which, size) in steps)
                        run.Step(what, which, size);
                }
                Assert.Equal(before, Tensor.TotalCount);
            }).Check(Config.QuickThrowOnFailure.WithMaxTest(300).WithEndSize(120));

    private sealed class Run : IDisposable
    {
        private readonly LatentStore _store = new(CPU, DeviceBytes, HostBytes, null, null, new CopySpace());
        private readonly List<LatentOwner> _open = [];
        private readonly List<LatentOwner> _closed = [];
        private readonly List<Tensor> _borrowed = [];
        private readonly List<Modelled> _all = [];
        private float _next;

        public void Step(byte what, byte which, byte size)
        {
            switch (what % 9)
            {
                case 0:
                    _open.Add(_store.OpenOwner($"episode {which % 3}"));
                    break;
                case 1 or 2 when _open.Count > 0:
                    Put(_open[which % _open.Count], 1 + (size % 12));
                    break;
                case 3 when _closed.Count > 0:
                    Put(_closed[which % _closed.Count], 1 + (size % 12));
                    break;
                case 4 when Live() is { Count: > 0 } live:
                    Retain(live[which % live.Count], size);
                    break;
                case 5 when _all.Count > 0:
                    Release(_all[which % _all.Count], size);
                    break;
                case 6 when Live() is { Count: > 0 } live:
                    var entry = live[which % live.Count];
                    var tensor = _store.Borrow(entry.Handle);
                    Assert.Equal(entry.Values, tensor.data<float>().ToArray());
                    _borrowed.Add(tensor);
                    break;
                case 7:
                    GiveBack();
                    break;
                case 8 when _open.Count > 0 && size % 3 == 0:
                    Close(_open[which % _open.Count]);
                    break;
            }
            Compare();
        }

        public void Dispose()
        {
            GiveBack();
            foreach (var entry in Live())
                Assert.Equal(entry.Values, _store.Read(entry.Handle));
            foreach (var owner in _open.ToList())
                Close(owner);
            Assert.Equal((0, 0L, 0L), (_store.Count, _store.Bytes, _store.HostBytes));
            _store.Dispose();
        }

        private List<Modelled> Live() => _all.FindAll(e => e.References.Values.Sum() > 0);

        private void Put(LatentOwner owner, int length)
        {
            var values = Enumerable.Range(0, length).Select(_ => _next++).ToArray();
            var handle = _store.Put(values, [length], new LatentOrigin(owner, Maker, "values"));
            // Above the device's budget only where the host has no room for what could go: the largest tensor has 48 bytes.
            Assert.True(_store.Bytes <= DeviceBytes || _borrowed.Count > 0 || HostBytes - _store.HostBytes < 48 || !_open.Contains(owner));
            _all.Add(new Modelled(handle, owner, values, new() { [owner] = _open.Contains(owner) ? 1 : 0 }));
        }

        private void Retain(Modelled entry, byte size)
        {
            if (size % 2 == 0 || _open.Count == 0)
            {
                _store.Retain(entry.Handle);
                entry.References[entry.Owner] = entry.References.GetValueOrDefault(entry.Owner) + (_open.Contains(entry.Owner) ? 1 : 0);
                return;
            }
            var owner = _open[size % _open.Count];
            _store.Retain(entry.Handle, owner, Maker, "again");
            entry.References[owner] = entry.References.GetValueOrDefault(owner) + 1;
        }

        private void Release(Modelled entry, byte size)
        {
            var owner = size % 2 == 0 || _open.Count == 0 ? entry.Owner : _open[size % _open.Count];
            if (owner == entry.Owner)
                _store.Release(entry.Handle);
            else
                _store.Release(entry.Handle, owner);
            entry.References[owner] = Math.Max(0, entry.References.GetValueOrDefault(owner) - 1);
        }

        private void Close(LatentOwner owner)
        {
            var held = _all.FindAll(e => e.References.GetValueOrDefault(owner) > 0);
            var reported = _store.CloseOwner(owner);
            Assert.Equal(held.Sum(e => e.References[owner]), reported.Sum(o => o.Holding!.References));
            held.ForEach(e => e.References[owner] = 0);
            _open.Remove(owner);
            _closed.Add(owner);
        }

        private void GiveBack()
        {
            _borrowed.ForEach(t => t.Dispose());
            _borrowed.Clear();
        }

        private void Compare()
        {
            var live = Live();
            Assert.Equal(live.Count, _store.Count);
            Assert.Equal(live.Sum(e => 4L * e.Values.Length), _store.Bytes + _store.HostBytes);
            Assert.True(_store.HostBytes <= HostBytes);
            foreach (var dead in _all.Except(live))
                Assert.False(_store.Holds(dead.Handle));
        }
    }

    private sealed record Modelled(LatentHandle Handle, LatentOwner Owner, float[] Values, Dictionary<LatentOwner, int> References);
}
