/** The card of the team's other services: each button sends the event that one of them would. */
import { call, Refused, serviceToken, type User } from './api.js';
import { element } from './dom.js';

/** An event but for what is the same for all: its id and its time. */
interface Happening {
  readonly source: string;
  readonly 'detail-type': string;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** Who each role is turned into. */
const NEXT_ROLE: Readonly<Record<string, string>> = { analyst: 'manager', manager: 'viewer' };

const report = (user: User): Record<string, unknown> => ({
  report_id: crypto.randomUUID(),
  session_id: 'demo',
  user_id: user.id,
  agent_name: 'Demand',
  report_type: 'weekly',
});

const happenings: Readonly<Record<string, (user: User) => Happening>> = {
  'report-generated': (user) => ({
    source: 'supply.reports',
    'detail-type': 'AI Report Generated',
    detail: report(user),
  }),
  'report-failed': (user) => ({
    source: 'supply.reports',
    'detail-type': 'AI Report Failed',
    detail: { ...report(user), error: 'The sales data of week 46 is missing.' },
  }),
  'role-changed': (user) => ({
    source: 'supply.users',
    'detail-type': 'Role Changed',
    detail: {
      user_id: user.id,
      old_role: user.role?.role_type ?? null,
      new_role: NEXT_ROLE[user.role?.role_type ?? ''] ?? 'analyst',
      changed_by: 'admin',
    },
  }),
  'permission-denied': (user) => ({
    source: 'supply.audit',
    'detail-type': 'Permission Denied',
    detail: {
      audit_log_id: crypto.randomUUID(),
      user_id: user.id,
      username: user.username,
      action: 'delete',
      object_type: 'report',
      object_id: 42,
    },
  }),
  announcement: (user) => ({
    source: 'operations',
    'detail-type': 'Notification Requested',
    detail: {
      everyone: true,
      title: 'Maintenance tonight',
      message: `From 22:00 on, reports may be late. Announced while ${user.username} watched.`,
      notification_type: 'info',
    },
  }),
};

async function send(happening: Happening): Promise<string> {
  const event = { id: crypto.randomUUID(), time: new Date().toISOString(), ...happening };
  element('service-event').textContent = JSON.stringify(event, null, 2);
  const answer = await call('POST', 'events/', event, await serviceToken());
  const { notifications, broadcast_id: broadcast } = await answer.json();
  if (broadcast) return 'Notifying everyone.';
  const notified = notifications.length;
  return notified === 1 ? 'One person was notified.' : `${notified} people were notified.`;
}

/** Wires the buttons; `user` is who is signed in, and `changed` looks at them again. */
export function setUpServicesCard(user: () => User | null, changed: () => void): void {
  const done = element('service-done');
  const problem = element('service-problem');
  for (const button of document.querySelectorAll<HTMLButtonElement>('[data-event]')) {
    const happening = happenings[button.dataset.event ?? ''];
    button.addEventListener('click', async () => {
      const someone = user();
      if (!someone || !happening) return;
      done.textContent = '';
      problem.textContent = '';
      try {
        done.textContent = await send(happening(someone));
        changed();
      } catch (error) {
        const words =
          error instanceof Refused ? error.message : 'The server could not be reached. Try again.';
        problem.textContent = words;
      }
    });
  }
}
