@echo off
rem Opens sealed backups on Windows: drag one or several files onto this file.
rem The key is read from master.key beside it.
setlocal DisableDelayedExpansion
set "script=%~dp0decrypt_backup.js"
set "failed=0"
where node >nul 2>nul
if errorlevel 1 goto nonode
if "%~1"=="" goto nofile
:next
node "%script%" "%~1"
if errorlevel 1 set "failed=1"
shift
if not "%~1"=="" goto next
goto done
:nonode
echo Node.js is missing. Install version 18 or newer from https://nodejs.org/ and try again.
set "failed=1"
goto done
:nofile
echo Drag a file that ends with .sealed onto this file.
set "failed=1"
:done
pause
exit /b %failed%
