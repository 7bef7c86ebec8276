import { keysOf } from '../../lib/aws/dynamodb/reportRows';
import type { Report, ReportErasureStore, ReportStore } from '../../lib/ports/reportStore';

export type AllReports = ReportStore & ReportErasureStore;

type StoredReport = Report & { room: string; until: number };

/** Reports in memory: see `createStores`. */
export function createReportStore(): AllReports {
  let reports: StoredReport[] = [];
  const placeOf = ({ room, of, user }: StoredReport) => keysOf(room, of, user.id).listed.c;
  const byPlace = (a: StoredReport, b: StoredReport) => (placeOf(a) < placeOf(b) ? -1 : 1);
  const isOpen = (now: number) => (report: StoredReport) => Math.ceil(report.until / 1000) * 1000 > now;
  const forgetSome = (limit: number, isMeant: (report: StoredReport) => boolean) => {
    const all = reports.filter(isMeant);
    const some = all.slice(0, limit);
    reports = reports.filter((report) => !some.includes(report));
    return { forgotten: some.length, isDone: all.length < limit };
  };

  return {
    async add(room, report, { perMessage, perUser, until }) {
      const isSame = (other: StoredReport) =>
        other.room === room && other.of === report.of && other.user.id === report.user.id;
      const others = reports.filter((other) => !isSame(other));
      const open = others.filter(isOpen(report.at));
      if (open.filter((other) => other.room === room && other.of === report.of).length >= perMessage)
        return 'added';
      reports = others;
      if (open.filter((other) => other.user.id === report.user.id).length >= perUser) return 'tooMany';
      const { id, name } = report.user;
      reports.push({ ...report, user: { id, name }, room, until });
      return 'added';
    },
    async readPage(room, from, limit, now) {
      const all = reports.filter((report) => report.room === room).sort(byPlace);
      const after = all.filter((stored) => from === undefined || placeOf(stored) > from);
      const page = after.slice(0, limit);
      const last = page.at(-1);
      const read = page.filter(isOpen(now)).map(({ room: _, until: __, ...report }) => report);
      return last && after.length > limit ? { reports: read, next: placeOf(last) } : { reports: read };
    },
    async resolve(room, of) {
      reports = reports.filter((report) => report.room !== room || report.of !== of);
    },
    forgetSome: async (user, limit) => forgetSome(limit, (report) => report.user.id === user),
    forgetSomeIn: async (room, limit) => forgetSome(limit, (report) => report.room === room),
  };
}
