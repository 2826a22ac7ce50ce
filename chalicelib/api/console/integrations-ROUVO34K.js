import{Xa as t,Za as e}from"./chunk-YFHVTJRJ.js";function n(){return t(e,{title:"Integrations",children:"\u2026"})}export{n as default};
