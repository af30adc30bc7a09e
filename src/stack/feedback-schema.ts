// The legacy tables that the feedback connector reads, as the restaurants' MySQL has them: for the demo and the tests.

export const FEEDBACK_SCHEMA: readonly string[] = [
  `CREATE TABLE client (
    idclient INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    name VARCHAR(200) NOT NULL,
    address VARCHAR(200) NULL,
    city VARCHAR(100) NULL,
    phone VARCHAR(40) NULL,
    timezone VARCHAR(60) NULL
  ) DEFAULT CHARSET = utf8mb4`,
  `CREATE TABLE eclub (
    ideclub INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    emailaddress VARCHAR(255) NULL,
    firstname VARCHAR(100) NULL,
    lastname VARCHAR(100) NULL,
    phonenumber VARCHAR(40) NULL
  ) DEFAULT CHARSET = utf8mb4`,
  `CREATE TABLE datasession (
    iddatasession BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    idclient INT UNSIGNED NOT NULL,
    ideclub INT UNSIGNED NULL,
    device_info VARCHAR(255) NULL,
    session_info TEXT NULL,
    KEY (idclient),
    KEY (ideclub)
  ) DEFAULT CHARSET = utf8mb4`,
  `CREATE TABLE comment (
    idcomment BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    iddatasession BIGINT UNSIGNED NOT NULL,
    comment TEXT NULL,
    rating TINYINT NULL,
    date_entered DATETIME NOT NULL,
    date_replied DATETIME NULL,
    reply TEXT NULL,
    KEY (iddatasession),
    KEY (date_entered)
  ) DEFAULT CHARSET = utf8mb4`,
]
