import{$a as t,bb as e}from"./chunk-YGW6L6VE.js";function n(){return t(e,{title:"Quarantine",children:"\u2026"})}export{n as default};
