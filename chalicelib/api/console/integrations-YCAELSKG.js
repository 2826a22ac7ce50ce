import{Wa as t,Ya as e}from"./chunk-F7EBDJF4.js";function n(){return t(e,{title:"Integrations",children:"\u2026"})}export{n as default};
