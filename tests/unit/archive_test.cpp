// Archives that stay packed: what is read of them is what an unpacked file would give, and what cannot be read in place
// is refused with the member and the remedy. The archives are made by Python's tarfile and zipfile.
#include "semscope/data/archive.hpp"
#include "semscope/core/errors.hpp"
#include "support/program.hpp"
#include "support/temporary_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <fstream>
#include <thread>

namespace semscope::data {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::ThrowsMessage;

class Archives : public testing::Test {
  protected:
    std::filesystem::path path(const std::string& name) const { return folder_.path() / name; }

    /// Runs Python in the folder, with tarfile, zipfile, io and `add(tar, name, bytes, **fields of TarInfo)`.
    void python(const std::string& body) const {
        std::ofstream(path("make.py")) << "import io, os, sys, tarfile, zipfile\n"
                                          "os.chdir(os.path.dirname(os.path.abspath(__file__)))\n"
                                          "def add(tar, name, data=b'', **fields):\n"
                                          "    info = tarfile.TarInfo(name)\n"
                                          "    info.size = len(data)\n"
                                          "    for key, value in fields.items(): setattr(info, key, value)\n"
                                          "    tar.addfile(info, io.BytesIO(data))\n"
                                       << body;
        const auto outcome = testing_support::run_program({SEMSCOPE_PYTHON, path("make.py").string()});
        ASSERT_EQ(outcome.exit_code, 0) << outcome.output;
    }
    ArchiveTree tree(const std::string& name, const std::string& folder = "") const {
        return ArchiveTree(std::make_shared<const ArchiveIndex>(ArchiveIndex::build(path(name))), folder);
    }
    static std::string text(const ArchiveTree& tree, const std::string& member, std::size_t limit = SIZE_MAX) {
        const Bytes bytes = tree.read(member, limit).bytes;
        return {bytes.begin(), bytes.end()};
    }
    void expect_refused(const std::string& name, const std::string& word) const {
        EXPECT_THAT([&] { ArchiveIndex::build(path(name)); },
                    ThrowsMessage<InputError>(AllOf(HasSubstr(name), HasSubstr(word))))
            << name;
    }

  private:
    testing_support::TemporaryFolder folder_;
};

TEST_F(Archives, MembersOfEveryTarFormatAreTheirBytes) {
    python(R"(
for name, format in ('ustar', tarfile.USTAR_FORMAT), ('gnu', tarfile.GNU_FORMAT), ('pax', tarfile.PAX_FORMAT):
    with tarfile.open(name + '.tar', 'w', format=format) as tar:
        add(tar, 'top', type=tarfile.DIRTYPE)
        add(tar, 'top/val/a.jpg', b'first')
        add(tar, './top/val/b.jpg', b'x' * 70000 + b'end')
        add(tar, 'top/' + 'long/' * 25 + 'c.jpg', b'third')
        add(tar, 'top/empty.jpg')
        if name != 'ustar': add(tar, 'top/\u00e9t\u00e9.jpg', b'summer')
)");
    for (const std::string name : {"ustar", "gnu", "pax"}) {
        const ArchiveTree archive = tree(name + ".tar");
        EXPECT_EQ(text(archive, "top/val/a.jpg"), "first") << name;
        EXPECT_EQ(text(archive, "val/./a.jpg"), "first") << "the common folder may be left out: " << name;
        EXPECT_EQ(text(archive, "val/b.jpg").substr(69999), "xend") << name;
        EXPECT_EQ(text(archive, "val/b.jpg", 10), "xxxxxxxxxx") << name;
        EXPECT_EQ(archive.read("val/b.jpg", 10).size, 70003U);
        std::string deep;
        for (int i = 0; i < 25; ++i) deep += "long/";
        EXPECT_EQ(text(archive, deep + "c.jpg"), "third") << name;
        if (name != "ustar") {
            EXPECT_EQ(text(archive, "\xc3\xa9t\xc3\xa9.jpg"), "summer") << name;
        }
        EXPECT_THAT(
            [&] { archive.read("val/none.jpg"); },
            ThrowsMessage<InputError>(AllOf(HasSubstr(name + ".tar:val/none.jpg"), HasSubstr("no such member"))));
        EXPECT_THAT([&] { archive.read("empty.jpg"); }, ThrowsMessage<InputError>(HasSubstr("empty")));
        EXPECT_EQ(text(tree(name + ".tar", "top/val"), "a.jpg"), "first");
        EXPECT_FALSE(archive.read("val/a.jpg").identity == archive.read("val/b.jpg").identity);
    }
}

TEST_F(Archives, ShardsAreOneArchiveWhateverMemberIsWhere) {
    python(R"(
os.mkdir('shards')
for i in range(300):
    with tarfile.open('shards/%04d.tar' % i, 'w') as tar:
        add(tar, 'photo%d.jpg' % i, b'number %d' % i)
        add(tar, 'x/photo%d.jpg' % i, b'x %d' % i)
open('shards/README', 'w').write('no tar')
)");
    const ArchiveTree archive = tree("shards");
    std::vector<std::jthread> threads;
    std::atomic<int> wrong{0};
    for (int t = 0; t < 4; ++t)
        threads.emplace_back([&] {
            for (int i = 0; i < 300; ++i)
                wrong += text(archive, "photo" + std::to_string(i) + ".jpg") != "number " + std::to_string(i);
        });
    threads.clear();
    EXPECT_EQ(wrong, 0);
    EXPECT_EQ(text(archive, "x/photo299.jpg"), "x 299");
}

TEST_F(Archives, MembersOfAZipAreTheirBytesStoredOrDeflated) {
    python(R"(
with zipfile.ZipFile('maps.zip', 'w', zipfile.ZIP_DEFLATED) as z:
    z.writestr('labels/', b'')
    z.writestr('labels/a.png', b'a' * 100000 + b'end')
    z.writestr('labels/b.png', b'stored', compress_type=zipfile.ZIP_STORED)
    z.writestr('scores/a.png', b'other')
data = bytearray(open('maps.zip', 'rb').read())
at = data.index(b'stored')
data[at] = ord('S')
open('damaged.zip', 'wb').write(data)
)");
    const ArchiveTree archive = tree("maps.zip", "labels");
    std::vector<std::jthread> threads;
    std::atomic<int> wrong{0};
    for (int t = 0; t < 4; ++t)
        threads.emplace_back([&] {
            for (int i = 0; i < 50; ++i) {
                wrong += text(archive, "a.png").substr(99999) != "aend";
                wrong += text(archive, "b.png") != "stored";
                wrong += text(archive, "a.png", 5) != "aaaaa";
            }
        });
    threads.clear();
    EXPECT_EQ(wrong, 0);
    EXPECT_EQ(text(tree("maps.zip"), "scores/a.png"), "other");
    const ArchiveTree damaged = tree("damaged.zip", "labels");
    EXPECT_THAT([&] { damaged.read("b.png"); }, ThrowsMessage<InputError>(HasSubstr("damaged")));
    EXPECT_EQ(text(damaged, "a.png").size(), 100003U);
}

TEST_F(Archives, AnArchiveThatIsNotWhatWasIndexedIsNotRead) {
    // The same names in another order: places of the one give bytes of other members of the other.
    const auto write = [&](const std::string& number) {
        python(
            "with zipfile.ZipFile('maps.zip', 'w') as z, tarfile.open('maps.tar', 'w') as t:\n"
            "    for i in range(9):\n"
            "        n = " +
            number +
            "\n"
            "        z.writestr('%d.png' % n, b'%d' % n * 5000)\n"
            "        add(t, '%d.png' % n, b'%d' % n * 5000)\n");
    };
    for (const std::string name : {"maps.zip", "maps.tar"}) {
        write("i");
        const ArchiveTree open = tree(name), late = tree(name);
        EXPECT_EQ(text(open, "3.png").substr(0, 3), "333");
        EXPECT_FALSE(open.read("3.png").identity == open.read("4.png").identity);
        EXPECT_TRUE(open.read("3.png").identity.known());
        write("8 - i");
        for (const ArchiveTree* archive : {&open, &late})
            EXPECT_THAT([&] { archive->read("3.png"); }, ThrowsMessage<IoError>(HasSubstr("has changed since")));
    }
}

TEST_F(Archives, WhatCannotBeReadInPlaceIsRefusedWithItsMember) {
    python(R"(
def tar(name, *args, mode='w', **fields):
    with tarfile.open(name, mode, format=tarfile.GNU_FORMAT) as t:
        add(t, 'good.jpg', b'good')
        add(t, *args, **fields)
tar('gz.tar', 'a.jpg', b'a', mode='w:gz')
tar('xz.tar', 'a.jpg', b'a', mode='w:xz')
tar('bz2.tar', 'a.jpg', b'a', mode='w:bz2')
tar('up.tar', '../a.jpg', b'a')
tar('absolute.tar', '/etc/a.jpg', b'a')
tar('escape.tar', 'x/a\x1b[2J.jpg', b'a')
tar('symbolic.tar', 'link.jpg', type=tarfile.SYMTYPE, linkname='/etc/passwd')
tar('hard.tar', 'link.jpg', type=tarfile.LNKTYPE, linkname='good.jpg')
tar('device.tar', 'dev.jpg', type=tarfile.CHRTYPE)
tar('fifo.tar', 'fifo.jpg', type=tarfile.FIFOTYPE)
tar('twice.tar', './good.jpg', b'other')
with tarfile.open('none.tar', 'w') as t: add(t, 'folder', type=tarfile.DIRTYPE)
tar('cut.tar', 'a.jpg', b'a' * 100000)
os.truncate('cut.tar', 50000)
open('text.tar', 'w').write('this is no archive' * 100)
with open('sparse.bin', 'wb') as f: f.truncate(1 << 20); f.seek(1 << 19); f.write(b'x')
assert os.system('tar --sparse -cf sparse.tar sparse.bin') == 0
def zipped(name, info, data=b'a', method=zipfile.ZIP_STORED):
    with zipfile.ZipFile(name, 'w', method) as z: z.writestr(info, data)
zipped('up.zip', '../a.png')
link = zipfile.ZipInfo('link.png'); link.create_system = 3; link.external_attr = 0o120777 << 16
zipped('link.zip', link)
zipped('packed.zip', 'a.png', b'a' * 1000, zipfile.ZIP_BZIP2)
zipped('whole.zip', 'a.png')
data = open('whole.zip', 'rb').read()
open('cut.zip', 'wb').write(data[:len(data) - 30])
at = data.index(b'PK\1\2')
open('locked.zip', 'wb').write(data[:at + 8] + b'\1' + data[at + 9:])
os.mkdir('empty')
)");
    expect_refused("gz.tar", "gunzip");
    expect_refused("xz.tar", "unxz");
    expect_refused("bz2.tar", "bunzip2");
    expect_refused("up.tar", "\"../a.jpg\" leaves its folder");
    expect_refused("absolute.tar", "absolute path");
    expect_refused("escape.tar", "\\x1b[2J");
    expect_refused("symbolic.tar", "\"link.jpg\" is a link");
    expect_refused("hard.tar", "\"link.jpg\" is a link");
    expect_refused("device.tar", "no regular file");
    expect_refused("fifo.tar", "no regular file");
    expect_refused("twice.tar", "stands twice");
    expect_refused("none.tar", "has no files in it");
    expect_refused("cut.tar", "truncated");
    expect_refused("text.tar", "no tar or zip");
    expect_refused("sparse.tar", "\"sparse.bin\" is sparse");
    expect_refused("up.zip", "\"../a.png\" leaves its folder");
    expect_refused("link.zip", "\"link.png\" is a link");
    expect_refused("packed.zip", "method 12");
    expect_refused("cut.zip", "central directory");
    expect_refused("locked.zip", "is encrypted");
    expect_refused("empty", "no files that end with .tar");
    expect_refused("missing.tar", "no such archive");
}

TEST_F(Archives, AnIndexIsKeptAsBytesAndIsOfOneStateOfTheArchive) {
    python(
        "with tarfile.open('a.tar', 'w') as tar:\n"
        "    for i in range(100): add(tar, 'top/%d.jpg' % i, b'%d' % i)\n");
    const ArchiveIndex built = ArchiveIndex::build(path("a.tar"));
    const std::string bytes = built.serialise();
    auto index = std::make_shared<const ArchiveIndex>(ArchiveIndex::parse(bytes));
    EXPECT_EQ(index->size(), 100U);
    EXPECT_TRUE(index->is_of(path("a.tar")));
    const ArchiveTree tree(index);
    EXPECT_EQ(text(tree, "57.jpg"), "57");
    for (std::size_t cut = 0; cut < bytes.size(); cut += 97)
        EXPECT_THROW(ArchiveIndex::parse(bytes.substr(0, cut)), InputError) << cut;
    for (std::size_t at = 0; at < bytes.size(); at += 101) {
        std::string other = bytes;
        other[at] = static_cast<char>(other[at] ^ 1);
        EXPECT_THROW(ArchiveIndex::parse(other), InputError) << at;
    }
    std::ofstream(path("a.tar"), std::ios::app) << "more";
    EXPECT_FALSE(index->is_of(path("a.tar")));
    const ArchiveTree late(index);
    EXPECT_THAT([&] { late.read("57.jpg"); }, ThrowsMessage<IoError>(HasSubstr("has changed since")));
}

}  // namespace
}  // namespace semscope::data
