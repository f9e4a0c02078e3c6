import { UserLoggedIn } from '../../core/authentication/authentication.events.js';
import type { Core } from '../../core/composition/core.js';
import { describeKnownDevice } from '../../core/devices/device-name.js';
import { defineEmail, type EmailData } from '../../core/email/email-definition.js';
import { newDevice } from './new-device.template.js';

export interface NewDeviceData extends EmailData {
  /** A label from our own list, or null: an attacker may have chosen the text of the User-Agent. */
  readonly deviceName: string | null;
  readonly ipAddress: string | null;
  readonly at: Date;
}

export const newDeviceEmail = defineEmail<UserLoggedIn, NewDeviceData>({
  kind: 'new-device',
  template: newDevice,
  sample: { deviceName: 'Firefox', ipAddress: '192.0.2.1', at: new Date(0) },
  nullable: ['deviceName', 'ipAddress'],
  limit: 'hourly',
  sentOn: [UserLoggedIn],
  wants: ({ newDevice: isNew }) => isNew,
  async compose({ userId, deviceInfo, ipAddress, occurredAt }, { userRepository }: Core) {
    const owner = await userRepository.findActiveById(userId);
    const deviceName = deviceInfo === null ? null : describeKnownDevice(deviceInfo);
    return owner && { owner, data: { deviceName, ipAddress, at: occurredAt } };
  },
});
