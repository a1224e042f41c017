/** Name of the driver's package, for the plugin table. */
export declare const folderDriverPackage: string

/** Installs the driver `folder`, as a third party's, below a folder that is then the application's. */
export declare function installFolderDriver(appDir: string): Promise<void>
